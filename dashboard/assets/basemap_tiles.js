// Online tiles over the offline basemap, where the settings name a vendor. Where a picture does not come the basemap
// shows. Pictures of a shifted datum (GCJ-02) are moved, tile by tile, so that our places lie on their streets.
(function () {
  "use strict";

  const AXIS_M = 6378245.0, ECCENTRICITY_2 = 0.00669342162296594323;
  const RADIANS = Math.PI / 180;

  // What GCJ-02 adds to a place of WGS-84 in the mainland, in degrees: as geodata/datum.py, where its source is named.
  function shiftOf(lon, lat) {
    const sin = (turns) => Math.sin(turns * Math.PI);
    const x = lon - 105, y = lat - 35, root = Math.sqrt(Math.abs(x));
    const both = ((20 * sin(6 * x) + 20 * sin(2 * x)) * 2) / 3;
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both;
    north += ((20 * sin(y) + 40 * sin(y / 3)) * 2) / 3 + ((160 * sin(y / 12) + 320 * sin(y / 30)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both;
    east += ((20 * sin(x) + 40 * sin(x / 3)) * 2) / 3 + ((150 * sin(x / 12) + 300 * sin(x / 30)) * 2) / 3;
    const flat = 1 - ECCENTRICITY_2 * Math.sin(lat * RADIANS) ** 2;
    return [
      east / ((AXIS_M / Math.sqrt(flat)) * Math.cos(lat * RADIANS)) / RADIANS,
      north / ((AXIS_M * (1 - ECCENTRICITY_2)) / flat ** 1.5) / RADIANS,
    ];
  }

  const Tiles = L.GridLayer.extend({
    options: { addresses: [], shifted: false, zIndex: 2, className: "rounds-tiles", updateWhenZooming: false },

    // How many pixels right and down of its place in WGS-84 the vendor draws a tile's middle.
    _shift: function (corner, size, zoom) {
      if (!this.options.shifted) return L.point(0, 0);
      const middle = corner.add(size.divideBy(2)), at = this._map.unproject(middle, zoom);
      const [east, north] = shiftOf(at.lng, at.lat);
      return this._map.project([at.lat + north, at.lng + east], zoom).subtract(middle).round();
    },

    // A tile is a window of its size over those of the vendor's pictures that meet it: one, or four where it is shifted.
    createTile: function (coords, done) {
      const size = this.getTileSize(), tile = document.createElement("div");
      tile.style.overflow = "hidden";
      const corner = L.point(coords.x, coords.y).scaleBy(size), from = corner.add(this._shift(corner, size, coords.z));
      const first = from.unscaleBy(size).floor(), last = from.add(size).subtract([1, 1]).unscaleBy(size).floor();
      let open = 1;
      const settled = () => --open || requestAnimationFrame(() => done(null, tile));
      for (const address of this.options.addresses) {
        for (let y = first.y; y <= last.y; y++) {
          for (let x = first.x; x <= last.x; x++) {
            const picture = document.createElement("img");
            open++;
            picture.alt = "";
            picture.onload = settled;
            picture.onerror = () => { picture.remove(); settled(); };
            Object.assign(picture.style, {
              position: "absolute", left: x * size.x - from.x + "px", top: y * size.y - from.y + "px", width: size.x + "px", height: size.y + "px",
            });
            picture.src = address.replace("{z}", coords.z).replace("{x}", x).replace("{y}", y);
            tile.append(picture);
          }
        }
      }
      settled();
      return tile;
    },
  });

  window.roundsTiles = (map, options) => new Tiles(options).addTo(map);
  window.roundsTiles.shiftOf = shiftOf;
})();
