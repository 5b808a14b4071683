// Who is not visited: single dots near, and from afar a hexagon for three and more, the darker the more. Drawn on the
// canvas tiles of one layer, so that thousands cost as little as ten; what lies under a pointer is looked up.
(function () {
  "use strict";

  const FEW = 3; // fewer in a hexagon stay dots where they are
  const NEAR = 15; // from here on everybody is a dot
  const SIDE = 15; // of a hexagon, in pixels of its zoom
  const GRAIN = 1e5;
  const STEPS = [3, 6, 12, 25, 50];
  const INK = { light: [91, 102, 117], dark: [190, 200, 212] };
  const DOT = { light: "#7C8694", dark: "#9AA5B3" };

  // The world pixel of each point at a zoom, and who shares a hexagon there.
  function binned(left, zoom) {
    const world = 256 * Math.pow(2, zoom);
    const cells = new Map();
    const x = new Float64Array(left.id.length), y = new Float64Array(left.id.length);
    for (let k = 0; k < left.id.length; k++) {
      const lat = (left.lat[k] / GRAIN) * (Math.PI / 180);
      x[k] = ((left.lon[k] / GRAIN + 180) / 360) * world;
      y[k] = (0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI)) * world;
      if (zoom >= NEAR) continue;
      // Axial coordinates of hexagons that stand on a corner, rounded to the nearest.
      const q = ((Math.sqrt(3) / 3) * x[k] - y[k] / 3) / SIDE, r = ((2 / 3) * y[k]) / SIDE;
      let [a, b] = [Math.round(q), Math.round(r)];
      const s = -q - r, c = Math.round(s);
      if (Math.abs(a - q) > Math.abs(b - r) && Math.abs(a - q) > Math.abs(c - s)) a = -b - c;
      else if (Math.abs(b - r) > Math.abs(c - s)) b = -a - c;
      const key = a + ":" + b;
      const cell = cells.get(key) || { x: SIDE * Math.sqrt(3) * (a + b / 2), y: SIDE * 1.5 * b, who: [] };
      cell.who.push(k);
      cells.set(key, cell);
    }
    const all = [...cells.values()];
    const single = zoom >= NEAR ? [...left.id.keys()] : all.filter((cell) => cell.who.length < FEW).flatMap((cell) => cell.who);
    return { x: x, y: y, cells: all.filter((cell) => cell.who.length >= FEW), single: single };
  }

  function hexagon(context, x, y) {
    context.beginPath();
    for (let k = 0; k < 6; k++) {
      const turn = (Math.PI / 3) * k + Math.PI / 6;
      context.lineTo(x + (SIDE - 0.8) * Math.cos(turn), y + (SIDE - 0.8) * Math.sin(turn));
    }
    context.closePath();
  }

  const Left = L.GridLayer.extend({
    options: { tileSize: 512, updateWhenZooming: false, keepBuffer: 1, pane: "rounds-left", className: "rounds-left" },

    show: function (left) {
      this._left = left;
      this._bins = new Map();
      if (this._map) this.redraw();
    },

    at: function (zoom) {
      if (!this._bins.has(zoom)) this._bins.set(zoom, binned(this._left, zoom));
      return this._bins.get(zoom);
    },

    createTile: function (coords) {
      const size = this.getTileSize().x, ratio = Math.min(window.devicePixelRatio || 1, 2);
      const tile = document.createElement("canvas");
      tile.width = tile.height = size * ratio;
      const context = tile.getContext("2d");
      const shade = window.rounds.dark() ? "dark" : "light";
      const bins = this.at(coords.z);
      const inside = (x, y) => x > -SIDE && y > -SIDE && x < size + SIDE && y < size + SIDE;
      context.scale(ratio, ratio);
      for (const cell of bins.cells) {
        const x = cell.x - coords.x * size, y = cell.y - coords.y * size;
        if (!inside(x, y)) continue;
        const step = STEPS.filter((least) => cell.who.length >= least).length;
        hexagon(context, x, y);
        context.fillStyle = "rgba(" + INK[shade].join() + "," + (0.09 + 0.09 * step) + ")";
        context.fill();
      }
      const radius = coords.z >= NEAR ? 5 : 3;
      context.fillStyle = DOT[shade];
      context.strokeStyle = shade === "dark" ? "#10151B" : "#FFFFFF";
      context.lineWidth = 1;
      for (const k of bins.single) {
        const x = bins.x[k] - coords.x * size, y = bins.y[k] - coords.y * size;
        if (!inside(x, y)) continue;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
      return tile;
    },

    // What lies under a place: a debtor's number, or a hexagon, or null.
    under: function (latlng) {
      if (!this._left || !this._left.id.length || !this._map) return null;
      const zoom = this._clampZoom(Math.round(this._map.getZoom()));
      const bins = this.at(zoom), point = this._map.project(latlng, zoom);
      const reach = (zoom >= NEAR ? 9 : 6) ** 2;
      let best = null, nearest = reach;
      for (const k of bins.single) {
        const far = (bins.x[k] - point.x) ** 2 + (bins.y[k] - point.y) ** 2;
        if (far <= nearest) [best, nearest] = [k, far];
      }
      if (best !== null) return { one: best };
      const cell = bins.cells.find((one) => (one.x - point.x) ** 2 + (one.y - point.y) ** 2 < (SIDE * 0.9) ** 2);
      return cell ? { cell: cell, latlng: this._map.unproject([cell.x, cell.y], zoom) } : null;
    },
  });

  window.roundsLeft = function (map) {
    window.rounds.pane(map, "rounds-left", 340, true);
    return new Left();
  };
})();
