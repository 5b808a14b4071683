// The map of a day: the region's own roads as paths (dashboard/phone/sketch.py), the route and its stops over them.
(function (R) {
  "use strict";

  const { el, svg } = R;
  const NEAR = 0.45, WIDEST = 3; // pixels per metre: about the next stop, and the closest one may look
  const CHARACTER_PX = { city: 15, town: 13, district: 12, village: 12, estate: 11, water: 11, street: 11 };
  let ground = null;

  R.loadGround = async function () {
    if (ground || R.day.ground) { ground = ground || R.day.ground; return; }
    const answer = await fetch(R.day.api + "/map");
    if (answer.ok) ground = await answer.json();
  };
  function middle() {
    if (ground) return ground;
    const [lon, lat] = R.day.depot;
    return { origin: [lon, lat], scale: [111320 * Math.cos((lat * Math.PI) / 180), 111320], layers: [], labels: [] };
  }
  R.metres = (lon, lat) => { const g = middle(); return [(lon - g.origin[0]) * g.scale[0], (g.origin[1] - lat) * g.scale[1]]; };
  R.degrees = (x, y) => { const g = middle(); return [g.origin[0] + x / g.scale[0], g.origin[1] - y / g.scale[1]]; };

  // A map in an element. ``free`` lets fingers move it; the one on the page lies still, so that the page can be scrolled.
  R.makeMap = function (host, { free, onStop }) {
    const root = svg("svg", { class: "atlas", role: "img", "aria-label": R.W.map });
    const land = svg("g", {}), line = svg("path", { class: "route" }), labels = svg("g", { class: "labels" }), marks = svg("g", {});
    root.append(land, line, labels, marks);
    host.prepend(root);
    const at = { x: 0, y: 0, s: 0.1 };
    let size = [1, 1], drawn = null;

    function move() {
      const [w, h] = size;
      const matrix = "translate(" + (w / 2 - at.x * at.s) + " " + (h / 2 - at.y * at.s) + ") scale(" + at.s + ")";
      land.setAttribute("transform", matrix);
      line.setAttribute("transform", matrix);
      root.setAttribute("class", "atlas" + (at.s > 0.2 ? " near" : at.s < 0.03 ? " wide" : ""));
      const place = ([x, y]) => [w / 2 + (x - at.x) * at.s, h / 2 + (y - at.y) * at.s];
      const taken = [];
      for (const mark of marks.children) {
        const [x, y] = place(mark.spot);
        mark.setAttribute("transform", "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")");
        taken.push([x - 16, y - 16, x + 16, y + 16]);
      }
      for (const label of labels.children) {
        const [x, y] = place(label.spot), half = label.wide / 2;
        const box = label.street ? [x - half * 0.7, y - half * 0.7, x + half * 0.7, y + half * 0.7] : [x - half, y - 9, x + half, y + 9];
        const hidden = x < 0 || y < 0 || x > w || y > h || (label.street ? at.s < 0.22 : at.s > 0.6) ||
          taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
        label.setAttribute("visibility", hidden ? "hidden" : "visible");
        label.setAttribute("transform", "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ") rotate(" + label.turn + ")");
        if (!hidden) taken.push(box);
      }
    }
    function measure() {
      const box = host.getBoundingClientRect();
      size = [Math.max(1, box.width), Math.max(1, box.height)];
      root.setAttribute("viewBox", "0 0 " + size[0] + " " + size[1]);
    }
    function lay() {
      if (drawn === ground) return;
      drawn = ground;
      const g = middle();
      land.replaceChildren(...g.layers.map((layer) => svg("path", { class: "k-" + layer.kind, d: layer.d })));
      labels.replaceChildren(...g.labels.map(([x, y, turn, kind, text]) => {
        const node = svg("text", { class: "l-" + kind });
        node.textContent = text;
        const px = CHARACTER_PX[kind] || 11;
        Object.assign(node, { spot: [x, y], turn: turn, street: kind === "street", wide: [...text].reduce((sum, c) => sum + (c > "⺀" ? px : px * 0.6), 6) });
        return node;
      }));
    }
    function mark(stop, current) {
      const node = svg("g", { class: "mark" + (stop.outcome ? " done" : "") + (current ? " current" : ""), "data-number": stop.number });
      const text = svg("text", { dy: "0.36em" });
      text.textContent = stop.outcome ? "✓" : stop.number;
      node.append(svg("circle", { class: "touch", r: 22 }), svg("circle", { r: current ? 16 : 12 }), text);
      node.spot = R.metres(stop.lon, stop.lat);
      if (onStop) node.addEventListener("click", () => onStop(stop));
      return node;
    }
    const made = { at: at, move: move };
    made.draw = function () {
      measure();
      lay();
      const now = R.shown();
      line.setAttribute("d", R.day.line.map(([lon, lat], k) => (k ? "L" : "M") + R.metres(lon, lat).map((v) => v.toFixed(0)).join(" ")).join(""));
      line.classList.toggle("estimated", R.day.estimated);
      const home = svg("g", { class: "depot" });
      home.append(svg("rect", { x: -8, y: -8, width: 16, height: 16, rx: 4 }));
      home.spot = R.metres(...R.day.depot);
      const ordered = [...R.day.stops].sort((a, b) => (a === now) - (b === now) || Boolean(b.outcome) - Boolean(a.outcome) || R.day.stops.indexOf(b) - R.day.stops.indexOf(a));
      marks.replaceChildren(home, ...ordered.map((stop) => mark(stop, stop === now)));
      move();
    };
    made.whole = function () {
      measure();
      const spots = [...R.day.stops.map((s) => R.metres(s.lon, s.lat)), R.metres(...R.day.depot)];
      const [xs, ys] = [spots.map((p) => p[0]), spots.map((p) => p[1])];
      const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      Object.assign(at, { x: (x0 + x1) / 2, y: (y0 + y1) / 2, s: Math.min((size[0] - 44) / Math.max(x1 - x0, 300), (size[1] - 44) / Math.max(y1 - y0, 300), WIDEST) });
      move();
    };
    made.near = function (stop, scale) {
      measure();
      [at.x, at.y] = R.metres(stop.lon, stop.lat);
      at.s = scale || NEAR;
      move();
    };
    made.zoom = function (factor) { at.s = Math.min(WIDEST, Math.max(0.004, at.s * factor)); move(); };
    if (free) fingers(root, made, () => size);
    return made;
  };

  // One finger moves, two turn the distance between them into zoom; a mouse wheel zooms as well.
  function fingers(root, map, size) {
    const down = new Map();
    root.addEventListener("pointerdown", (e) => { root.setPointerCapture(e.pointerId); down.set(e.pointerId, [e.clientX, e.clientY]); });
    root.addEventListener("pointermove", (e) => {
      if (!down.has(e.pointerId)) return;
      const before = [...down.values()], [x, y] = down.get(e.pointerId);
      down.set(e.pointerId, [e.clientX, e.clientY]);
      if (before.length === 1) {
        map.at.x -= (e.clientX - x) / map.at.s;
        map.at.y -= (e.clientY - y) / map.at.s;
        map.move();
      } else if (before.length === 2) {
        const now = [...down.values()], gap = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
        map.zoom(gap(now) / gap(before));
      }
    });
    for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, (e) => down.delete(e.pointerId));
    root.addEventListener("wheel", (e) => { e.preventDefault(); map.zoom(e.deltaY < 0 ? 1.25 : 0.8); }, { passive: false });
  }

  // ---- the map over the whole screen, to look around or to put a pin right
  R.openAtlas = function (title, ...below) {
    const box = R.$("atlas"), host = el("div", { class: "sea" });
    const zoom = el("div", { class: "zoom" },
      el("button", { class: "button", "aria-label": R.W.closer, onclick: () => map.zoom(1.6) }, "+"),
      el("button", { class: "button", "aria-label": R.W.farther, onclick: () => map.zoom(0.625) }, "−"));
    host.append(zoom);
    box.replaceChildren(
      el("div", { class: "head" }, el("h2", {}, title), el("button", { class: "button close", "aria-label": R.W.close, onclick: () => box.close() }, "×")),
      host, ...below.filter(Boolean));
    box.showModal();
    const map = R.makeMap(host, { free: true });
    map.draw();
    return { map: map, host: host, box: box };
  };

  let page = null;
  R.drawMap = function () {
    const host = R.$("map");
    host.hidden = R.day.stops.length === 0;
    if (host.hidden) return;
    if (!page) {
      page = R.makeMap(host, { onStop: (stop) => { R.chosen = stop.debtor_id; R.render(); } });
      host.append(
        el("div", { class: "tools" },
          el("button", { class: "button", id: "whole", onclick: () => { R.wide = !R.wide; R.drawMap(); } }),
          el("button", { class: "button", id: "enlarge", "aria-label": R.W.enlarge, onclick: () => R.openAtlas(R.day.day_text).map.whole() }, R.icon("wide"))),
        R.day.attribution ? el("span", { class: "credit" }, R.day.attribution) : "");
      addEventListener("resize", () => R.drawMap());
    }
    R.$("whole").textContent = R.wide ? R.W.next_stop : R.W.whole_day;
    page.draw();
    const now = R.shown();
    if (R.wide || !now) page.whole();
    else page.near(now);
  };
})(window.roundsDay);
