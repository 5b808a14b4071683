// The offline basemap's shapes and names, read (format: geodata/osm/basemap.py): bins by layer, decoded when first drawn.
(function () {
  "use strict";

  const REFERENCE_ZOOM = 18;

  // Web Mercator in pixels of the reference zoom, relative to the data's origin so that 32-bit paths stay exact.
  function projector(data) {
    const world = 256 * Math.pow(2, REFERENCE_ZOOM);
    const px = (lon) => ((lon + 180) / 360) * world;
    const py = (lat) => (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * world;
    const [lon0, lat0] = data.origin;
    const [left, top] = [px(lon0), py(lat0)];
    const y = (units) => py(lat0 + units / data.scale) - top;
    return {
      left: left,
      top: top,
      x: (units) => px(lon0 + units / data.scale) - left,
      y: y,
      // The same over a bin without a logarithm a point: a parabola through its lower edge, middle and upper edge. Over a
      // fifth of a degree it is off by a hundredth of a pixel.
      over: (south, north) => {
        const half = Math.max(1, (north - south) / 2), middle = (south + north) / 2;
        const [low, at, high] = [y(middle - half), y(middle), y(middle + half)];
        return { east: world / 360 / data.scale, middle: middle, at: at, slope: (high - low) / 2 / half, bend: (high - 2 * at + low) / 2 / half / half };
      },
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
  function decodeBin(bin, kind, step, project) {
    const text = bin[4];
    const closed = kind === "area";
    const simple = new Path2D();
    const holed = [];
    const { east, middle, at: level, slope, bend } = project.over(bin[1], bin[3]);
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
          x += number() * step;
          y += number() * step;
          const up = y - middle;
          points.push(x * east, level + up * (slope + up * bend));
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
    const found = { project: project, layers: data.layers.map((layer) => ({ ...layer, step: layer.step || 1, bins: [] })), labels: [] };
    data.layers.forEach((layer, number) => addBins(found, number, layer.bins));
    addLabels(found, data.labels);
    return found;
  }

  // Pixels that a box in units takes; north is up: the largest y is the smallest pixel.
  const boxOf = (project, row) => ({ left: project.x(row[0]), right: project.x(row[2]), top: project.y(row[3]), bottom: project.y(row[1]) });

  function addBins(index, layer, bins) {
    for (const bin of bins) index.layers[layer].bins.push({ ...boxOf(index.project, bin), raw: bin, paths: null });
  }

  // Each file's labels are sorted by zoom.
  function addLabels(index, labels) {
    if (!labels.length) return;
    index.labels.push(labels.map((label) => ({
      x: index.project.x(label[0]),
      y: index.project.y(label[1]),
      angle: (label[2] * Math.PI) / 180,
      minzoom: label[3],
      kind: label[4],
      local: label[5],
      english: label[6],
    })));
  }

  // The paths of a bin.
  function pathsOf(index, layer, bin) {
    if (bin.paths === null) {
      bin.paths = decodeBin(bin.raw, layer.kind, layer.step, index.project);
      bin.raw = null;
    }
    return bin.paths;
  }

  window.roundsBasemapData = { REFERENCE_ZOOM, index, boxOf, addBins, addLabels, pathsOf };
})();
