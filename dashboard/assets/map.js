// What changes on a map: routes, stops, dots, groups, districts, legend. Drawn from one value written by Python.
//
// All text has been escaped there by the one function that may put text on a map. A click is told to the page through
// the GeoJSON feature of what was clicked: its property "id".
(function () {
  "use strict";

  const feature = (kind, id) => ({ type: "Feature", properties: { kind: kind, id: id } });
  const flip = (points) => points.map((p) => [p[1], p[0]]);

  function pane(map, name, z, passive) {
    if (!map.getPane(name)) {
      map.createPane(name).style.zIndex = z;
      if (passive) map.getPane(name).style.pointerEvents = "none";
    }
    return name;
  }

  function tell(layer, kind, item) {
    layer.feature = feature(kind, item.id || "");
    if (item.tip) layer.bindTooltip(item.tip, { className: "rounds-tip", direction: "top", sticky: kind !== "stop", opacity: 1 });
    return layer;
  }

  // Show the whole once for each key, also when the frame was still without size (a hidden tab).
  function frame(map, key, bounds) {
    if (!bounds || map.roundsFrame === key) return;
    const fit = () => {
      map.invalidateSize({ animate: false });
      const size = map.getSize();
      if (size.x < 50 || size.y < 50) return false;
      map.fitBounds(flip(bounds), { padding: [26, 26], maxZoom: 16, animate: false });
      map.roundsFrame = key;
      return true;
    };
    if (fit()) return;
    const watch = new ResizeObserver(() => fit() && watch.disconnect());
    watch.observe(map.getContainer());
  }

  // Whoever chooses a group in the table under the map wants to see it: the page scrolls until the map is in sight.
  function reveal(map, items) {
    const chosen = items.some((item) => item.chosen) ? map.roundsFrame : "";
    if (map.roundsRevealed === chosen) return;
    map.roundsRevealed = chosen;
    if (!chosen) return;
    document.documentElement.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  function hulls(group, map, items) {
    pane(map, "rounds-hulls", 360);
    for (const item of items) {
      const stands = item.chosen ? { color: "#1C2430", weight: 3, dashArray: null, fillOpacity: 0.18 } : {};
      const layer = L.polygon(flip(item.ring), {
        pane: "rounds-hulls", color: "#5B6675", weight: 1.6, opacity: 0.9, dashArray: "5 4", fillColor: "#5B6675", fillOpacity: 0.1, ...stands,
      });
      tell(layer, "group", item).addTo(group);
    }
  }

  function dots(group, map, item, renderer) {
    for (let k = 0; k < item.lon.length; k++) {
      const chosen = item.id[k] === item.selected;
      const dot = L.circleMarker([item.lat[k], item.lon[k]], {
        renderer: renderer, radius: chosen ? 8 : item.radius[k], color: chosen ? "#1C2430" : item.edge, weight: chosen ? 3 : item.radius[k] < 3 ? 0.5 : 1,
        fillColor: item.colour[k], fillOpacity: item.opacity,
      });
      tell(dot, "dot", { id: item.id[k], tip: item.tip[k] }).addTo(group);
    }
  }

  function routes(group, map, items, selected, plain) {
    pane(map, "rounds-casing", 410, true);
    pane(map, "rounds-routes", 415);
    const casing = L.svg({ pane: "rounds-casing" });
    const lines = L.svg({ pane: "rounds-routes" });
    for (const item of items) {
      if (item.line.length < 2) continue;
      const line = flip(item.line);
      const base = { lineJoin: "round", lineCap: "round", smoothFactor: 1.2 };
      L.polyline(line, { ...base, renderer: casing, interactive: false, color: "#FFFFFF", weight: 7.5, opacity: 0.95 }).addTo(group);
      const dashes = item.estimated ? { dashArray: "8 7" } : {};
      tell(L.polyline(line, { ...base, ...dashes, renderer: lines, color: item.colour, weight: 4, opacity: 0.95 }), "route", item).addTo(group);
    }
    for (const item of items) {
      for (const stop of item.stops) {
        const chosen = stop.id === selected;
        const icon = L.divIcon({
          className: "rounds-stop" + (chosen ? " chosen" : "") + (stop.required ? " required" : "") + (stop.done ? " done" : "") + (plain && !chosen ? " plain" : ""),
          iconSize: chosen ? [32, 32] : plain ? [13, 13] : [24, 24],
          html: "<span>" + (plain && !chosen ? "" : Number(stop.number)) + "</span>",
        });
        const marker = L.marker([stop.lat, stop.lon], {
          icon: icon, riseOnHover: true, zIndexOffset: chosen ? 2000 : 500 - stop.number, keyboard: true, alt: String(stop.number),
        });
        marker.on("add", () => {
          marker.getElement().style.setProperty("--crew", item.colour);
          marker.getElement().style.setProperty("--ink", item.ink);
        });
        tell(marker, "stop", stop).addTo(group);
      }
    }
  }

  function depots(group, items) {
    for (const item of items) {
      const star = '<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.5l-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z"/></svg>';
      const icon = L.divIcon({ className: "rounds-depot", iconSize: [28, 28], html: star });
      tell(L.marker([item.lat, item.lon], { icon: icon, zIndexOffset: 1000, alt: "" }), "depot", item).addTo(group);
    }
  }

  // Squares of the ground: tiles of a web map, drawn from column and row. One canvas serves all of them for good: it
  // stays in the map when they go, and each move of the map brings others.
  function squares(group, map, value) {
    pane(map, "rounds-squares", 345);
    const renderer = (map.roundsSquares = map.roundsSquares || L.canvas({ pane: "rounds-squares", padding: 0.2, tolerance: 0 }));
    const side = Math.pow(2, value.level);
    const lng = (column) => (column / side) * 360 - 180;
    const lat = (row) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / side))) * 180) / Math.PI;
    const pair = (name, text) => '<div class="pair"><span>' + name + "</span><span>" + text + "</span></div>";
    for (let k = 0; k < value.column.length; k++) {
      const column = value.column[k], row = value.row[k];
      const square = L.rectangle([[lat(row + 1), lng(column)], [lat(row), lng(column + 1)]], {
        pane: "rounds-squares", renderer: renderer, color: "#FFFFFF", weight: 0.5, opacity: 0.6,
        fillColor: value.palette[value.class[k]], fillOpacity: 0.78,
      });
      square.bindTooltip(
        () => "<b>" + value.size + "</b>" + value.names.map((name, at) => pair(name, value.texts[at][k])).join(""),
        { className: "rounds-tip", direction: "top", sticky: true, opacity: 1 },
      );
      square.addTo(group);
    }
  }

  // Only the borders and names of districts, for orientation over squares.
  function borders(group, map, items) {
    pane(map, "rounds-borders", 348, true);
    const renderer = (map.roundsBorders = map.roundsBorders || L.svg({ pane: "rounds-borders" }));
    for (const item of items) {
      L.geoJSON(item.geometry, {
        pane: "rounds-borders", renderer: renderer, interactive: false,
        style: { color: "#1C2430", weight: item.selected ? 3 : 1.2, opacity: 0.7, fill: false },
      }).addTo(group);
    }
  }

  function districts(group, map, items) {
    pane(map, "rounds-districts", 350);
    const names = [];
    for (const item of items) {
      const chosen = Boolean(item.selected);
      const layer = L.geoJSON(item.geometry, {
        pane: "rounds-districts",
        style: { color: chosen ? "#1C2430" : "#FFFFFF", weight: chosen ? 3 : 1.5, fillColor: item.colour, fillOpacity: item.known ? 0.72 : 0.4 },
      });
      layer.eachLayer((shape) => {
        tell(shape, "district", item);
        shape.on("mouseover", () => shape.setStyle({ weight: 3 }));
        shape.on("mouseout", () => shape.setStyle({ weight: chosen ? 3 : 1.5 }));
        if (chosen) shape.on("add", () => shape.bringToFront());
      });
      layer.addTo(group);
      if (item.label) {
        const icon = L.divIcon({ className: "rounds-district-name", iconSize: [160, 34], html: "<span>" + item.label + "</span>" });
        const name = L.marker(flip([item.at])[0], { icon: icon, interactive: false, keyboard: false }).addTo(group);
        names.push({ text: () => name.getElement() && name.getElement().firstElementChild, rank: chosen ? 0 : item.known ? 1 : 2 });
      }
    }
    uncrowd(group, map, names);
  }

  // Of names that would lie over one another the later ones wait until the map is nearer; the chosen one is the first, and
  // those of which nothing is known are the last.
  function uncrowd(group, map, names) {
    const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const inOrder = [...names].sort((a, b) => a.rank - b.rank);
    const look = () => requestAnimationFrame(() => {
      const taken = [];
      for (const text of inOrder.map((name) => name.text()).filter(Boolean)) {
        const box = text.getBoundingClientRect();
        if (!text.classList.toggle("crowded", taken.some((one) => over(one, box)))) taken.push(box);
      }
    });
    group.on("add", () => (map.on("zoomend resize", look), look()));
    group.on("remove", () => map.off("zoomend resize", look));
  }

  // Squares that stand out: a white line under each outline keeps it apart from every shade of the map. The squares
  // themselves are not painted, only felt: they carry the tooltip and the click.
  function spots(group, map, value) {
    pane(map, "rounds-spots", 355);
    const renderer = (map.roundsSpots = map.roundsSpots || L.svg({ pane: "rounds-spots" }));
    const base = { pane: "rounds-spots", renderer: renderer, fill: false, lineJoin: "round", lineCap: "butt" };
    const line = (item, style) => L.geoJSON(item.geometry, { ...base, interactive: false, style: { ...base, ...style } }).addTo(group);
    for (const item of value.outlines) line(item, { color: "#FFFFFF", weight: item.weight + 2.5, opacity: 0.95 });
    for (const item of value.outlines) line(item, { color: item.colour, weight: item.weight, opacity: 1, ...(item.dashed ? { dashArray: "6 4" } : {}) });
    for (const item of value.cells) {
      const square = L.rectangle(item.box, { ...base, stroke: false, fill: true, fillColor: "#FFFFFF", fillOpacity: 0 });
      tell(square, "district", item).addTo(group);
    }
  }

  const SWATCH = {
    line: (row) => '<i class="line ' + (row.shape || "") + '" data-colour="' + row.colour + '"></i>',
    dot: (row) => '<i class="dot" data-colour="' + row.colour + '"></i>',
    fill: (row) => '<i class="fill" data-colour="' + row.colour + '"></i>',
    ring: (row) => '<i class="ring" data-colour="' + row.colour + '"></i>',
    edge: (row) => '<i class="edge' + (row.dashed ? " dashed" : "") + (row.thin ? " thin" : "") + '" data-colour="' + row.colour + '"></i>',
    hull: () => '<i class="hull"></i>',
    chosen: () => '<i class="hull chosen"></i>',
    star: () => '<i class="star">★</i>',
    hexagon: () => '<i class="hexagon"></i>',
    risk: () => '<i class="risk"></i>',
    lock: () => '<i class="lock"></i>',
    late: () => '<i class="late"></i>',
    dim: () => '<i class="dim"></i>',
    note: () => "",
  };

  const rowsOf = (value) => value.rows.map((row) => '<div class="' + row.kind + '">' + SWATCH[row.kind](row) + "<span>" + row.text + "</span></div>").join("");
  const colour = (box) => box.querySelectorAll("[data-colour]").forEach((swatch) => swatch.style.setProperty("--colour", swatch.dataset.colour));

  // The legend as a strip that lies beside what it explains and covers nothing.
  function strip(box, value) {
    box.hidden = !value || !value.rows.length;
    if (box.hidden) return;
    box.innerHTML = "<b>" + value.title + "</b>" + rowsOf(value);
    colour(box);
  }

  function legend(group, map, value) {
    if (!value || !value.rows.length) return;
    const control = L.control({ position: value.side || "bottomleft" });
    control.onAdd = () => {
      const box = L.DomUtil.create("details", "rounds-legend");
      box.open = map.roundsLegendOpen === undefined ? !value.shut && window.innerWidth >= 520 : map.roundsLegendOpen;
      box.innerHTML = "<summary>" + value.title + "</summary>" + rowsOf(value);
      colour(box);
      box.querySelector("summary").addEventListener("click", () => (map.roundsLegendOpen = !box.open));
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    group.on("add", () => control.addTo(map));
    group.on("remove", () => control.remove());
  }

  // Whether the page around is dark. The frame is told so with each of its values, before they are drawn; a plain page
  // has no such word and is light.
  const dark = () => document.documentElement.classList.contains("dark");
  window.addEventListener("message", (event) => {
    const theme = event.source === window.parent && event.data && event.data.theme;
    if (!theme) return;
    document.documentElement.style.setProperty("--page", theme.backgroundColor);
    if ((theme.base === "dark") === dark()) return;
    document.documentElement.classList.toggle("dark", theme.base === "dark");
    window.dispatchEvent(new Event("rounds-theme"));
  });

  //: what the other scripts of a map share
  window.rounds = { pane: pane, frame: frame, legend: legend, strip: strip, reveal: reveal, hulls: hulls, depots: depots, feature: feature, flip: flip, dark: dark };

  window.roundsDraw = function (group, map, value) {
    // The frame takes off all groups it was ever given before it shows the next, and holds on to each: a map that is
    // moved much would fill the memory.
    if (window.feature_group) window.feature_group.length = 0;
    if (value.districts) districts(group, map, value.districts);
    if (value.squares) squares(group, map, value.squares);
    if (value.borders) borders(group, map, value.borders);
    if (value.spots) spots(group, map, value.spots);
    if (value.hulls) hulls(group, map, value.hulls);
    if (value.dots) {
      pane(map, "rounds-dots", 400);
      const renderer = L.canvas({ pane: "rounds-dots", padding: 0.3, tolerance: 3 });
      value.dots.forEach((item) => dots(group, map, item, renderer));
    }
    if (value.routes) routes(group, map, value.routes, value.selected || "", Boolean(value.plain));
    if (value.depots) depots(group, value.depots);
    legend(group, map, value.legend);
    if (value.spots) legend(group, map, value.spots.legend);
    if (value.week) return window.roundsWeek(map, value);
    frame(map, value.frame, value.bounds);
    if (value.hulls) reveal(map, value.hulls);
  };

  // A frame that changes its width (a tab opened, a column widened) must not keep grey edges.
  window.roundsSettle = function (map) {
    map.attributionControl && map.attributionControl.setPrefix(false);
    // Nothing has been clicked yet: a frame that said so would make the page run once more for nothing.
    const data = window.__GLOBAL_DATA__;
    if (data && data.returned_objects && data.returned_objects.length === 2) data.previous_data = { last_object_clicked_count: 0, last_active_drawing: null };
    // The wheel scrolls the page until the map has been touched: else a long page is lost to a zoom.
    map.scrollWheelZoom.disable();
    map.on("mousedown", () => map.scrollWheelZoom.enable());
    map.on("mouseout", () => map.scrollWheelZoom.disable());
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  };
})();
