// The offline basemap: canvas tiles drawn from window.ROUNDS_BASEMAP (format: geodata/osm/basemap.py), for Leaflet.
//
// Every bin is decoded once, into paths in pixels of zoom 18 from the map's origin; a tile then only sets a transform
// and strokes the bins that meet it. A tile that lacks pieces (basemap_pieces.js) waits for them a moment, in which what
// was seen before stays; after that it is drawn from what is there, coarsely, and once more in place when they have come.
(function () {
  "use strict";

  const REACH_PX = 14; // half of the widest line
  const LABEL_REACH_PX = 160;
  const FADE_PX = 44; // over so much the map runs out where its data end
  const PATIENCE_MS = 300; // how long a tile waits for its pieces before it is drawn without
  const AGAIN_MS = 2000, AGAIN_AT_MOST_MS = 60000; // when it asks again for what did not come; twice as long each time
  const COARSER = [16, 15, 14, 12, 11]; // at which zooms' shapes stand in for finer ones; the last need no piece
  const { LAND, FONT, AREAS, LINES, ROADS, LABELS, NIGHT, DAY_HALO, widthAt } = window.roundsBasemapStyle;
  const { REFERENCE_ZOOM, index, boxOf, addBins, addLabels, pathsOf } = window.roundsBasemapData;
  const dark = () => document.documentElement.classList.contains("dark");

  // Without a Chinese font every sign is the same box: then names are shown in English, or not at all.
  function hasChineseFont() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const picture = (sign) => {
      context.clearRect(0, 0, 24, 24);
      context.font = "20px " + FONT;
      context.fillText(sign, 1, 20);
      return context.getImageData(0, 0, 24, 24).data.join();
    };
    return picture("\u4e91") !== picture("\u6eaa");
  }

  const Basemap = L.GridLayer.extend({
    options: { tileSize: 512, language: "zh", labels: true, updateWhenZooming: false, keepBuffer: 1, className: "rounds-basemap" },

    initialize: function (data, options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this._index = index(data);
      this._ends = data.bounds ? boxOf(this._index.project, data.bounds.map((at, k) => (at - data.origin[k % 2]) * data.scale)) : null;
      this._chinese = hasChineseFont();
      this._pieces = window.roundsPieces(data.pieces || [], this.options.pieces || "", (row) => boxOf(this._index.project, row), (piece) => {
        for (const [layer, bins] of Object.entries(piece.bins)) addBins(this._index, layer, bins);
        addLabels(this._index, piece.labels);
      });
      this.on("tileunload", (event) => (event.tile.roundsGone = true));
    },

    onAdd: function (map) {
      this._light();
      L.GridLayer.prototype.onAdd.call(this, map);
      this._onTheme = () => {
        this._light();
        this.redraw();
      };
      window.addEventListener("rounds-theme", this._onTheme);
    },

    onRemove: function (map) {
      window.removeEventListener("rounds-theme", this._onTheme);
      L.GridLayer.prototype.onRemove.call(this, map);
    },

    _light: function () {
      this._map.getContainer().style.background = LAND[dark() ? "dark" : "light"];
    },

    getEvents: function () {
      const events = L.GridLayer.prototype.getEvents.call(this);
      events.zoomend = this._redrawStale;
      events.dragstart = this._bringAround;
      return events;
    },

    // A tile is there or not: faded in, what lies behind it would shine through for a moment.
    _tileReady: function (coords, error, tile) {
      const map = this._map, fades = map && map._fadeAnimated;
      if (map) map._fadeAnimated = false;
      L.GridLayer.prototype._tileReady.call(this, coords, error, tile);
      if (map) map._fadeAnimated = fades;
    },

    // A hand that begins to move the map will want what lies around: fetched before it comes into view.
    _bringAround: function () {
      const zoom = this._clampZoom(Math.round(this._map.getZoom())), growth = Math.pow(2, REFERENCE_ZOOM - this._map.getZoom());
      const seen = this._map.getPixelBounds(), size = seen.getSize().multiplyBy(growth), corner = seen.min.multiplyBy(growth);
      this._pieces.bring(this._pieces.missing({
        zoom: zoom,
        scale: Math.pow(2, zoom - REFERENCE_ZOOM),
        left: corner.x - size.x / 2 - this._index.project.left,
        top: corner.y - size.y / 2 - this._index.project.top,
        width: 2 * size.x,
        height: 2 * size.y,
      }));
    },

    // Between two whole zooms Leaflet shrinks or grows the tiles of the nearer one: how much.
    _stretch: function () {
      const zoom = this._map.getZoom();
      return Math.pow(2, zoom - this._clampZoom(Math.round(zoom)));
    },

    // Leaflet's own redraw asks for tiles of the map's zoom as it is, also of a broken one; ours are of whole zooms, as
    // they are when the map is moved: between 11 and 12, and 14 and 15, the layers of neither would be drawn.
    redraw: function () {
      if (!this._map) return this;
      this._removeAllTiles();
      const zoom = this._clampZoom(Math.round(this._map.getZoom()));
      if (zoom !== this._tileZoom) {
        this._tileZoom = zoom;
        this._updateLevels();
      }
      this._update();
      return this;
    },

    _redrawStale: function () {
      const stretch = this._stretch();
      if (Object.values(this._tiles).some((tile) => tile.el.roundsStretch !== stretch)) this.redraw();
    },

    createTile: function (coords, done) {
      const size = this.getTileSize().x;
      const scale = Math.pow(2, coords.z - REFERENCE_ZOOM);
      const tile = document.createElement("canvas");
      tile.roundsStretch = this._stretch();
      const view = {
        zoom: coords.z,
        scale: scale,
        left: (coords.x * size) / scale - this._index.project.left,
        top: (coords.y * size) / scale - this._index.project.top,
        width: size / scale,
        height: size / scale,
        stretch: tile.roundsStretch,
      };
      let shown = false;
      this._fill(tile, view, 0, () => {
        if (!shown) requestAnimationFrame(() => tile.roundsGone || done(null, tile));
        shown = true;
      });
      return tile;
    },

    // Draw a tile as soon as it can be drawn well, and before that as well as it can be; ``show`` may be called twice.
    _fill: function (tile, view, times, show) {
      const missing = this._pieces.missing(view);
      const draw = (zoom) => {
        if (tile.roundsGone) return;
        this._draw(tile, view, zoom);
        show();
      };
      if (!missing.length) return draw(view.zoom);
      let coarse = null;
      const meanwhile = () => {
        const zoom = COARSER.find((one) => one < view.zoom && !this._pieces.missing({ ...view, zoom: one }).length);
        if (zoom === coarse) return;
        coarse = zoom;
        draw(zoom);
      };
      const patience = setTimeout(meanwhile, times ? 0 : PATIENCE_MS);
      this._pieces.bring(missing).then((all) => {
        clearTimeout(patience);
        if (all) return draw(view.zoom);
        meanwhile();
        const pause = Math.min(AGAIN_AT_MOST_MS, AGAIN_MS * Math.pow(2, times));
        setTimeout(() => tile.roundsGone || this._fill(tile, view, times + 1, show), pause);
      });
    },

    // Draw a view with the shapes of a zoom: its own, or a smaller one until the finer shapes have come.
    _draw: function (tile, view, shapes) {
      // Lines and names are drawn so that they have their size after the stretch, and a dot of the screen each.
      const ratio = Math.min(window.devicePixelRatio || 1, 3) * view.stretch;
      const scale = view.scale;
      tile.width = tile.height = Math.ceil(view.width * scale * ratio);
      const context = tile.getContext("2d", { alpha: false });
      context.fillStyle = LAND[dark() ? "dark" : "light"];
      context.fillRect(0, 0, tile.width, tile.height);
      context.setTransform(ratio * scale, 0, 0, ratio * scale, -view.left * ratio * scale, -view.top * ratio * scale);
      context.lineJoin = context.lineCap = "round";
      this._drawShapes(context, view, shapes);
      if (this._ends) this._fade(context, view);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (this.options.labels) this._index.labels.forEach((labels) => this._drawLabels(context, view, labels));
    },

    // Let the map run out towards the plain land beyond its data, instead of being cut off.
    _fade: function (context, view) {
      const ends = this._ends, over = FADE_PX / view.scale / view.stretch, land = LAND[dark() ? "dark" : "light"];
      const right = view.left + view.width, bottom = view.top + view.height;
      const side = (x, y, dx, dy, near) => {
        if (!near) return;
        const colours = context.createLinearGradient(x, y, x + dx * over, y + dy * over);
        colours.addColorStop(0, land);
        colours.addColorStop(1, land + "00");
        context.fillStyle = colours;
        context.fillRect(view.left, view.top, view.width, view.height);
      };
      side(ends.left, 0, 1, 0, view.left < ends.left + over);
      side(ends.right, 0, -1, 0, right > ends.right - over);
      side(0, ends.top, 0, 1, view.top < ends.top + over);
      side(0, ends.bottom, 0, -1, bottom > ends.bottom - over);
    },

    _drawShapes: function (context, view, zoom) {
      const shown = this._index.layers.filter((l) => l.minzoom <= zoom && zoom <= l.maxzoom);
      const reach = REACH_PX / view.scale;
      const bins = new Map();
      for (const layer of shown) {
        const met = layer.bins.filter(
          (bin) =>
            bin.right >= view.left - reach && bin.left <= view.left + view.width + reach &&
            bin.bottom >= view.top - reach && bin.top <= view.top + view.height + reach
        );
        bins.set(layer, met.map((bin) => pathsOf(this._index, layer, bin)));
      }
      const each = (id, draw) => shown.forEach((l) => l.id === id && bins.get(l).forEach(draw));

      for (const [id, style] of Object.entries(AREAS)) {
        context.fillStyle = dark() ? NIGHT[id][0] : style.fill;
        each(id, (paths) => {
          context.fill(paths.simple);
          paths.holed.forEach((path) => context.fill(path, "evenodd"));
        });
        if (style.stroke && view.zoom >= style.strokeFrom) {
          context.strokeStyle = dark() ? NIGHT[id][1] : style.stroke;
          context.lineWidth = 0.8 / view.scale;
          each(id, (paths) => context.stroke(paths.simple));
        }
      }
      for (const id of ["waterway", "district", "rail"]) this._stroke(context, view, each, id, LINES[id], 0);
      for (const id of ROADS) if (view.zoom >= (LINES[id].cased || 99)) this._stroke(context, view, each, id, LINES[id], 1);
      for (const id of ROADS) this._stroke(context, view, each, id, LINES[id], 0);
    },

    _stroke: function (context, view, each, id, style, casing) {
      const width = widthAt(style.widths, view.zoom + Math.log2(view.stretch)) / view.stretch;
      context.globalAlpha = style.alpha || 1;
      context.strokeStyle = dark() ? NIGHT[id][casing] : casing ? style.casing : style.colour;
      context.lineWidth = (width + (casing ? Math.min(2, 0.9 + width / 9) / view.stretch : 0)) / view.scale;
      context.setLineDash((style.dash || []).map((px) => px / view.scale / view.stretch));
      context.lineCap = style.dash ? "butt" : "round";
      each(id, (paths) => context.stroke(paths.simple));
      context.setLineDash([]);
      context.globalAlpha = 1;
    },

    _drawLabels: function (context, view, labels) {
      const reach = LABEL_REACH_PX / view.scale;
      // A shrunk tile is nearer to the zoom below, at which fewer names have room.
      const zoom = Math.floor(view.zoom + Math.log2(view.stretch) + 1e-6);
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      for (const label of labels) {
        if (label.minzoom > zoom) break; // they are sorted
        const style = LABELS[label.kind];
        if (
          !style || view.zoom > (style.last || view.zoom) ||
          label.x < view.left - reach || label.x > view.left + view.width + reach ||
          label.y < view.top - reach || label.y > view.top + view.height + reach
        ) continue;
        const text = this._text(label);
        if (!text) continue;
        const px = style.px + (label.kind === "street" && view.zoom >= 17 ? 1 : 0);
        context.save();
        context.translate((label.x - view.left) * view.scale, (label.y - view.top) * view.scale);
        context.scale(1 / view.stretch, 1 / view.stretch);
        context.rotate(label.angle);
        context.font = (style.italic ? "italic " : "") + style.weight + " " + px + "px " + FONT;
        if ("letterSpacing" in context) context.letterSpacing = style.spaced ? "2px" : "0px";
        context.strokeStyle = dark() ? NIGHT.label[1] : DAY_HALO;
        context.lineWidth = label.kind === "street" ? 2.6 : 3.2;
        context.strokeText(text, 0, 0);
        const night = label.kind === "water" ? NIGHT.lake : label.kind === "city" || label.kind === "town" ? NIGHT.name : NIGHT.label;
        context.fillStyle = dark() ? night[0] : style.colour;
        context.fillText(text, 0, 0);
        context.restore();
      }
    },

    _text: function (label) {
      const chinese = /[\u2e80-\u9fff]/.test(label.local);
      if (this.options.language !== "zh" && label.english) return label.english;
      if (chinese && !this._chinese) return label.english;
      return label.local || label.english;
    },
  });

  // Add the basemap to a map, if a region's data are there; without them the plain land stays.
  window.roundsBasemap = function (map, options) {
    map.getContainer().style.background = LAND[dark() ? "dark" : "light"];
    if (!window.ROUNDS_BASEMAP) return null;
    return new Basemap(window.ROUNDS_BASEMAP, options || {}).addTo(map);
  };
})();
