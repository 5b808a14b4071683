// The offline basemap: canvas tiles drawn from window.ROUNDS_BASEMAP (format: geodata/osm/basemap.py), for Leaflet.
//
// Every bin is decoded once, into paths in pixels of zoom 18 from the map's origin; a tile then only sets a transform
// and strokes the bins that meet it. Nothing is fetched. Works in a map's frame and in the plain phone page alike.
(function () {
  "use strict";

  const REFERENCE_ZOOM = 18;
  const REACH_PX = 14; // half of the widest line
  const LABEL_REACH_PX = 160;
  const LAND = { light: "#F2F0EB", dark: "#171B20" };
  const FONT =
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", ' +
    '"Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif';

  const AREAS = {
    residential: { fill: "#EBE7DF" },
    industrial: { fill: "#E7E5E9" },
    green: { fill: "#DDE7D3" },
    water: { fill: "#B9D3E0" },
    building: { fill: "#E0DAD0", stroke: "#D2CBBF", strokeFrom: 16 },
  };

  // Widths in CSS pixels at some zooms; between them they grow evenly. A casing is one colour around the line.
  const LINES = {
    waterway: { colour: "#B9D3E0", widths: [[10, 0.5], [14, 1.6], [18, 6]] },
    district: { colour: "#A79BB1", widths: [[9, 0.8], [14, 1.4]], dash: [7, 3, 2, 3], alpha: 0.75 },
    rail: { colour: "#BDB8B1", widths: [[10, 0.7], [14, 1.4], [18, 3]], dash: [6, 4] },
    path: { colour: "#D3CBBB", widths: [[14, 0.7], [18, 2]], dash: [3, 2] },
    service: { colour: "#FFFFFF", casing: "#E0DBD1", widths: [[13, 0.5], [15, 1.5], [16, 2.6], [18, 7]], cased: 15 },
    street: { colour: "#FFFFFF", casing: "#DDD8CE", widths: [[11, 0.4], [13, 1], [14, 1.9], [15, 3.6], [18, 14]], cased: 14 },
    tertiary: { colour: "#FFFFFF", casing: "#D8D2C6", widths: [[10, 0.6], [12, 1.3], [14, 3], [15, 5], [18, 18]], cased: 13 },
    secondary: { colour: "#FFF7E2", casing: "#DDD3BC", widths: [[9, 0.6], [12, 1.9], [14, 4], [15, 6.2], [18, 21]], cased: 12 },
    primary: { colour: "#FCEBC0", casing: "#DFCD9F", widths: [[8, 0.7], [12, 2.4], [14, 4.8], [15, 7], [18, 24]], cased: 11 },
    trunk: { colour: "#F9DFA9", casing: "#DBC08A", widths: [[7, 0.8], [12, 2.7], [14, 5], [15, 7.4], [18, 25]], cased: 10 },
    motorway: { colour: "#F2CDA5", casing: "#D8AE80", widths: [[6, 0.9], [12, 3], [14, 5.4], [15, 8], [18, 26]], cased: 9 },
  };
  const ROADS = ["path", "service", "street", "tertiary", "secondary", "primary", "trunk", "motorway"];

  const LABELS = {
    city: { px: 18, weight: 600, colour: "#3E4650" },
    town: { px: 14, weight: 600, colour: "#515963" },
    village: { px: 12, weight: 500, colour: "#69707A" },
    estate: { px: 11, weight: 400, colour: "#7D7467" },
    district: { px: 13, weight: 500, colour: "#7A6E87", spaced: true },
    water: { px: 12, weight: 400, colour: "#5B8AA3", italic: true },
    street: { px: 11, weight: 400, colour: "#6B6459" },
  };

  // On a dark page: the same map by night, muted, so that routes stand out. [fill, edge] by kind.
  const NIGHT = {
    residential: ["#1C2026"], industrial: ["#1D1F27"], green: ["#182219"], water: ["#10232E"], building: ["#232830", "#2B313A"],
    waterway: ["#14303F"], district: ["#5C5468"], rail: ["#3B3F46"], path: ["#2B2F35"],
    service: ["#2A2F36", "#14181C"], street: ["#2D333B", "#14181C"], tertiary: ["#333A43", "#14181C"], secondary: ["#3A4048", "#15181C"],
    primary: ["#474B4C", "#17191B"], trunk: ["#524F45", "#191919"], motorway: ["#5A4E40", "#1B1918"],
    label: ["#A9B2BD", "rgba(15, 19, 24, 0.9)"], name: ["#D3DAE2"], lake: ["#7FA9C0"],
  };
  const DAY_HALO = "rgba(250, 249, 246, 0.92)";
  const dark = () => document.documentElement.classList.contains("dark");

  function widthAt(stops, zoom) {
    if (zoom <= stops[0][0]) return stops[0][1];
    for (let k = 1; k < stops.length; k++) {
      const [below, above] = [stops[k - 1], stops[k]];
      if (zoom <= above[0]) {
        const share = (zoom - below[0]) / (above[0] - below[0]);
        return below[1] * Math.pow(above[1] / below[1], share);
      }
    }
    return stops[stops.length - 1][1];
  }

  // Web Mercator in pixels of the reference zoom, relative to the data's origin so that 32-bit paths stay exact.
  function projector(data) {
    const world = 256 * Math.pow(2, REFERENCE_ZOOM);
    const px = (lon) => ((lon + 180) / 360) * world;
    const py = (lat) => (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * world;
    const [lon0, lat0] = data.origin;
    const [left, top] = [px(lon0), py(lat0)];
    return {
      left: left,
      top: top,
      x: (x) => px(lon0 + x / data.scale) - left,
      y: (y) => py(lat0 + y / data.scale) - top,
    };
  }

  function signedArea(points) {
    let sum = 0;
    for (let k = 0, n = points.length; k < n; k += 2) {
      const next = (k + 2) % n;
      sum += points[k] * points[next + 1] - points[next] * points[k + 1];
    }
    return sum;
  }

  function trace(path, points, closed, backwards) {
    const n = points.length;
    if (backwards) {
      path.moveTo(points[n - 2], points[n - 1]);
      for (let k = n - 4; k >= 0; k -= 2) path.lineTo(points[k], points[k + 1]);
    } else {
      path.moveTo(points[0], points[1]);
      for (let k = 2; k < n; k += 2) path.lineTo(points[k], points[k + 1]);
    }
    if (closed) path.closePath();
  }

  // Decode a bin into one path of all its lines or simple areas, and one path for each area with holes.
  function decodeBin(bin, kind, project) {
    const text = bin[4];
    const closed = kind === "area";
    const simple = new Path2D();
    const holed = [];
    let at = 0;
    const number = () => {
      let n = 0, shift = 0, b;
      do {
        b = text.charCodeAt(at++) - 63;
        n |= (b & 31) << shift;
        shift += 5;
      } while (b >= 32);
      return n & 1 ? ~(n >> 1) : n >> 1;
    };
    while (at < text.length) {
      const rings = [];
      for (;;) {
        const points = [];
        let x = bin[0], y = bin[1];
        while (at < text.length && text[at] !== "," && text[at] !== " ") {
          x += number();
          y += number();
          points.push(project.x(x), project.y(y));
        }
        rings.push(points);
        if (at < text.length && text[at] === " ") at++;
        else break;
      }
      at++; // the comma
      if (rings.length === 1) {
        // Overlapping areas of one path would cancel each other if they turned different ways round.
        trace(simple, rings[0], closed, closed && signedArea(rings[0]) < 0);
      } else if (closed) {
        const path = new Path2D();
        rings.forEach((ring) => trace(path, ring, true, false));
        holed.push(path);
      } else {
        rings.forEach((ring) => trace(simple, ring, false, false));
      }
    }
    return { simple: simple, holed: holed };
  }

  function index(data) {
    const project = projector(data);
    const layers = data.layers.map((layer) => ({
      id: layer.id,
      kind: layer.kind,
      minzoom: layer.minzoom,
      maxzoom: layer.maxzoom,
      bins: layer.bins.map((bin) => ({
        left: project.x(bin[0]),
        right: project.x(bin[2]),
        top: project.y(bin[3]), // north is up: the largest y is the smallest pixel
        bottom: project.y(bin[1]),
        raw: bin,
        paths: null,
      })),
    }));
    const labels = data.labels.map((label) => ({
      x: project.x(label[0]),
      y: project.y(label[1]),
      angle: (label[2] * Math.PI) / 180,
      minzoom: label[3],
      kind: label[4],
      local: label[5],
      english: label[6],
    }));
    return { project: project, layers: layers, labels: labels };
  }

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
      this._chinese = hasChineseFont();
    },

    onAdd: function (map) {
      this._light();
      L.GridLayer.prototype.onAdd.call(this, map);
      window.addEventListener("rounds-theme", () => {
        this._light();
        this.redraw();
      });
    },

    _light: function () {
      this._map.getContainer().style.background = LAND[dark() ? "dark" : "light"];
    },

    getEvents: function () {
      const events = L.GridLayer.prototype.getEvents.call(this);
      events.zoomend = this._redrawStale;
      return events;
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

    createTile: function (coords) {
      const size = this.getTileSize().x;
      // Lines and names are drawn so that they have their size after the stretch, and a dot of the screen each.
      const stretch = this._stretch();
      const ratio = Math.min(window.devicePixelRatio || 1, 3) * stretch;
      const tile = document.createElement("canvas");
      tile.roundsStretch = stretch;
      tile.width = tile.height = Math.ceil(size * ratio);
      const context = tile.getContext("2d", { alpha: false });
      const zoom = coords.z;
      const scale = Math.pow(2, zoom - REFERENCE_ZOOM);
      const left = (coords.x * size) / scale - this._index.project.left;
      const top = (coords.y * size) / scale - this._index.project.top;
      const view = { zoom: zoom, scale: scale, left: left, top: top, size: size / scale, stretch: stretch };

      context.fillStyle = LAND[dark() ? "dark" : "light"];
      context.fillRect(0, 0, tile.width, tile.height);
      context.setTransform(ratio * scale, 0, 0, ratio * scale, -left * ratio * scale, -top * ratio * scale);
      context.lineJoin = context.lineCap = "round";
      this._drawShapes(context, view);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (this.options.labels) this._drawLabels(context, view);
      return tile;
    },

    _drawShapes: function (context, view) {
      const shown = this._index.layers.filter((l) => l.minzoom <= view.zoom && view.zoom <= l.maxzoom);
      const reach = REACH_PX / view.scale;
      const bins = new Map();
      for (const layer of shown) {
        const met = layer.bins.filter(
          (bin) =>
            bin.right >= view.left - reach && bin.left <= view.left + view.size + reach &&
            bin.bottom >= view.top - reach && bin.top <= view.top + view.size + reach
        );
        for (const bin of met) {
          if (bin.paths === null) {
            bin.paths = decodeBin(bin.raw, layer.kind, this._index.project);
            bin.raw = null;
          }
        }
        bins.set(layer, met);
      }
      const each = (id, draw) => shown.forEach((l) => l.id === id && bins.get(l).forEach((bin) => draw(bin.paths)));

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

    _drawLabels: function (context, view) {
      const reach = LABEL_REACH_PX / view.scale;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      for (const label of this._index.labels) {
        if (label.minzoom > view.zoom) break; // they are sorted
        const style = LABELS[label.kind];
        if (
          !style ||
          label.x < view.left - reach || label.x > view.left + view.size + reach ||
          label.y < view.top - reach || label.y > view.top + view.size + reach
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
