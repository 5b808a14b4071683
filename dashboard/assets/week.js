// The week as one: routes and numbered stops on the map, the timeline under it, one choice for both.
//
// A click is answered here at once and told to the page, which answers with the card; so the frame never waits, and a
// page's answer that is older than the last click takes nothing back. Drawn anew only where the version differs.
(function () {
  "use strict";

  const GRAIN = 1e5;
  const REQUIRED = 1, FRAGILE = 2, DIM = 4, LOCKED = 8;
  const MOVED_MS = 900; // how long the map rests before the page hears where it is
  const COLOURS = { light: { casing: "#FFFFFF", black: "#000000" }, dark: { casing: "#0B0F14", black: "#FFFFFF" } };

  const pair = (name, text) => '<div class="pair"><span>' + name + "</span><span>" + text + "</span></div>";

  function classes(base, stop, route) {
    const flag = (bit, name) => (stop.flags & bit ? " " + name : "");
    return base + " " + route.shape + flag(REQUIRED, "required") + flag(FRAGILE, "fragile") + flag(DIM, "dim") + flag(LOCKED, "locked");
  }

  let drawing = false;

  // One tooltip for map and timeline: it stays within the frame, and off what the page lays over it beside the map.
  function tooltip(map) {
    const box = document.createElement("div");
    box.className = "rounds-tip leaflet-tooltip rounds-float";
    box.setAttribute("role", "tooltip");
    document.body.appendChild(box);
    let shownFor = null;
    const hide = () => (box.classList.remove("shown"), (shownFor = null));
    const show = (html, x, y, at) => {
      box.innerHTML = html;
      box.classList.add("shown");
      const wide = box.offsetWidth, high = box.offsetHeight, ground = map.getContainer().getBoundingClientRect();
      let left = Math.max(4, Math.min(window.innerWidth - wide - 4, x - wide / 2));
      let top = y - high - 12 < 2 ? Math.min(y + 16, window.innerHeight - high - 4) : y - high - 12;
      // Right of the map the frame shows through the debtor's card, above the legend and the timeline.
      if (left + wide > ground.right && top < ground.bottom && ground.right < window.innerWidth - 4) {
        const highest = ground.bottom + 4;
        if (at && x > ground.right && highest + high < window.innerHeight) {
          top = Math.max(highest, top);
          if (top + high > at.top) left = at.left - wide - 8; // beside what it tells of, not over it
        } else left = ground.right - wide - 4;
      }
      box.style.left = Math.max(4, left) + "px";
      box.style.top = top + "px";
    };
    document.documentElement.addEventListener("mouseleave", hide);
    window.addEventListener("blur", hide); // whoever clicks beside the frame has left it, whatever the pointer told
    const over = (element, html) => {
      const told = () => {
        const at = element.getBoundingClientRect();
        show(html(), at.left + at.width / 2, at.top, at);
      };
      // A pointer that moves: what is drawn anew under one that rests, or that has left, has nothing to tell.
      element.addEventListener("mousemove", () => shownFor !== element && ((shownFor = element), told()));
      // To a keyboard only: a block that is drawn anew and gets its focus back has nothing to tell.
      element.addEventListener("focus", () => element.matches(":focus-visible") && !drawing && told());
      element.addEventListener("mouseout", hide);
      element.addEventListener("blur", hide);
    };
    return { show: show, hide: hide, over: over };
  }

  // streamlit-folium hears the clicks of every layer; ours are told by `tell` alone.
  function deaf(layer) {
    const on = layer.on;
    layer.on = function (types, ...rest) {
      return types === "click" ? this : on.call(this, types, ...rest);
    };
    return layer;
  }

  function Week(map) {
    const state = { map: map, texts: new Map(), layers: {}, version: null, selected: "", clicks: 0, view: null, mark: Math.random().toString(36).slice(2, 8) };
    const group = deaf(L.layerGroup()).addTo(map);
    const left = deaf(window.roundsLeft(map)), tips = tooltip(map);
    const box = document.createElement("div");
    let week = null, drawn = new Map(), stops = new Map(), markers = new Map(), line = { blocks: new Map(), present: () => {} }, legend = null, halo = null, touched = false, fitted = null, waiting = null;
    box.className = "rounds-lines";
    box.hidden = true;
    document.body.appendChild(box);
    // Over the timeline: on the map it would hide stops.
    const key = document.createElement("div");
    key.className = "rounds-legend rounds-strip";
    key.setAttribute("role", "note");
    key.hidden = true;
    document.body.appendChild(key);

    function tell() {
      const data = window.__GLOBAL_DATA__;
      if (!data || !window.Streamlit) return;
      data.last_active_drawing = window.rounds.feature("stop", state.selected);
      data.last_object_clicked_count = state.clicks;
      // In the order in which streamlit-folium compares: else it would tell the same once more.
      const value = { last_object_clicked_count: state.clicks, last_active_drawing: data.last_active_drawing };
      data.previous_data = value;
      window.Streamlit.setComponentValue({ ...value, mark: state.mark, view: state.view });
    }

    function choose(id, by) {
      if (by === "reader") {
        state.clicks += 1;
      } else if (id === state.selected) return;
      for (const found of [state.selected, id]) {
        const on = found === id && id !== "";
        for (const element of [markers.get(found), line.blocks.get(found)]) {
          if (!element) continue;
          element.classList.toggle("chosen", on);
          if (element.tagName === "BUTTON") element.setAttribute("aria-pressed", String(on));
        }
        const marker = stops.get(found) && stops.get(found).marker;
        if (marker) marker.setZIndexOffset(on ? 2000 : 500 - stops.get(found).stop.number);
      }
      state.selected = id;
      ring(id);
      const block = line.blocks.get(id);
      if (block) {
        block.scrollIntoView({ block: "nearest", inline: "nearest" });
        if (!box.contains(document.activeElement)) block.focus && (block.tabIndex = 0);
      }
      const place = where(id);
      if (place && by !== "address" && !map.getBounds().pad(-0.04).contains(place)) map.panTo(place, { animate: by === "reader" });
      if (by === "reader") tell();
    }

    function where(id) {
      if (stops.has(id)) return stops.get(id).latlng;
      const k = week ? week.left.id.indexOf(id) : -1;
      return k < 0 ? null : [week.left.lat[k] / GRAIN, week.left.lon[k] / GRAIN];
    }

    // Who is not visited has no sign of his own: a ring about his dot says who is chosen.
    function ring(id) {
      if (halo) halo.remove();
      halo = null;
      const place = stops.has(id) ? null : where(id);
      if (!place) return;
      const icon = L.divIcon({ className: "rounds-halo", iconSize: [22, 22] });
      halo = deaf(L.marker(place, { icon: icon, interactive: false, keyboard: false, zIndexOffset: 1900 })).addTo(map);
    }

    function hover(id, on) {
      for (const element of [markers.get(id), line.blocks.get(id)]) if (element) element.classList.toggle("hover", on);
    }

    function hovers(element, id) {
      const { stop, route } = stops.get(id);
      tips.over(element, () => stopTip(stop, route));
      for (const [name, on] of [["mousemove", true], ["mouseout", false], ["focus", true], ["blur", false]]) element.addEventListener(name, () => hover(id, on));
    }

    function stopTip(stop, route) {
      const words = week.words;
      return "<b>" + Number(stop.number) + " · " + stop.name + "</b>" + pair(words.crew, route.crew) + pair(words.door, stop.door) +
        pair(words.overdue, stop.overdue) + pair(words.uplift, stop.uplift) + (stop.made ? pair(words.made, stop.made) : "") +
        (stop.flags & REQUIRED ? "<div>" + words.required + "</div>" : "") + (stop.flags & LOCKED ? "<div>" + words.locked + "</div>" : "");
    }

    // What was drawn and is the same again stays: a change by hand touches two routes of thirty.
    function same(name, value) {
      const text = JSON.stringify(value);
      if (state.texts.get(name) === text) return true;
      state.texts.set(name, text);
      return false;
    }

    function draw() {
      tips.hide();
      drawing = true;
      try {
        redraw();
      } finally {
        drawing = false;
      }
    }

    function redraw() {
      const dark = window.rounds.dark(), common = JSON.stringify([dark, week.routes.length > 8, week.plain, week.lines.length > 0, week.words]);
      window.rounds.pane(map, "rounds-casing", 410, true);
      window.rounds.pane(map, "rounds-routes", 415);
      map.roundsCasing = map.roundsCasing || L.svg({ pane: "rounds-casing" });
      map.roundsLines = map.roundsLines || L.svg({ pane: "rounds-routes" });
      const before = drawn;
      drawn = new Map(), stops = new Map(), markers = new Map();
      for (const route of week.routes) {
        const text = common + JSON.stringify(route), known = before.get(route.id);
        if (known && known.text === text) {
          before.delete(route.id);
          drawn.set(route.id, known);
          for (const [id, found] of known.stops) stops.set(id, found), markers.set(id, found.marker.getElement());
        } else drawn.set(route.id, { text: text, route: route, layers: [], stops: new Map() });
      }
      for (const gone of before.values()) for (const layer of gone.layers) group.removeLayer(layer);
      if (!same("hulls", [week.hulls, dark])) renew("hulls", (to) => window.rounds.hulls(to, map, week.hulls));
      for (const one of drawn.values()) if (!one.layers.length) route(one, dark);
      // Where lines meet, the later route lies above, whichever was drawn last.
      for (const one of drawn.values()) for (const layer of one.layers) if (layer.bringToFront) layer.bringToFront();
      if (!same("depots", week.depots)) renew("depots", (to) => window.rounds.depots(to, week.depots));
      if (!same("left", [week.left, dark])) left.show(week.left);
      if (!map.hasLayer(left)) left.addTo(map);
      line = window.roundsTimeline(box, week, { choose: (id) => choose(id, "reader"), hovers: hovers, tip: tips.over, pair: pair, classes: classes });
      if (!same("legend", [week.legend, dark, box.hidden])) {
        if (legend) legend.fire("remove");
        legend = L.featureGroup();
        if (box.hidden) window.rounds.legend(legend, map, week.legend);
        window.rounds.strip(key, box.hidden ? null : week.legend);
        legend.fire("add");
      }
      if (same("size", [box.hidden, week.lines_px])) return;
      document.body.classList.toggle("rounds-lined", !box.hidden);
      document.body.style.setProperty("--lines", "min(46vh, " + week.lines_px + "px)");
      map.invalidateSize({ animate: false });
    }

    function renew(name, make) {
      for (const layer of state.layers[name] || []) group.removeLayer(layer);
      const layers = (state.layers[name] = []);
      make({ addLayer: (layer) => (layers.push(layer), deaf(layer).addTo(group)) });
    }

    function route(one, dark) {
      const colours = COLOURS[dark ? "dark" : "light"], what = one.route, path = [];
      const colour = what.colour === "#000000" ? colours.black : what.colour;
      const add = (layer) => (one.layers.push(layer), deaf(layer).addTo(group));
      for (let k = 0, lon = 0, lat = 0; k < what.line.length; k += 2) path.push([(lat += what.line[k + 1]) / GRAIN, (lon += what.line[k]) / GRAIN]);
      const base = { lineJoin: "round", lineCap: "round", smoothFactor: 1.2, opacity: 0.95 };
      const thin = week.routes.length > 8, dashes = what.estimated ? { dashArray: "8 7" } : {};
      if (path.length > 1) {
        add(L.polyline(path, { ...base, renderer: map.roundsCasing, interactive: false, color: colours.casing, weight: thin ? 4.5 : 7.5 }));
        const shown = add(L.polyline(path, { ...base, ...dashes, renderer: map.roundsLines, color: colour, weight: thin ? 2.5 : 4 })).getElement();
        shown.addEventListener("mousemove", (event) => tips.show(what.tip, event.clientX, event.clientY));
        shown.addEventListener("mouseout", tips.hide);
      }
      for (const stop of what.stops) sign(stop, one, colour);
    }

    function sign(stop, one, colour) {
      const route = one.route;
      const small = week.plain;
      const icon = L.divIcon({
        className: classes("rounds-stop", stop, route) + (small ? " plain" : "") + (stop.done ? " done" : ""),
        iconSize: small ? [13, 13] : [24, 24], html: "<span>" + Number(stop.number) + "</span>",
      });
      const latlng = [stop.lat / GRAIN, stop.lon / GRAIN];
      const marker = deaf(L.marker(latlng, { icon: icon, interactive: false, keyboard: false, zIndexOffset: 500 - stop.number }));
      const found = { stop: stop, route: route, latlng: latlng, marker: marker };
      stops.set(stop.id, found), one.stops.set(stop.id, found), one.layers.push(marker);
      marker.addTo(group);
      const element = marker.getElement();
      element.style.setProperty("--crew", colour);
      element.style.setProperty("--ink", colour === "#FFFFFF" ? "#000000" : route.ink);
      // Where there is a timeline a keyboard walks its blocks: a second way through the same stops would only be longer.
      element.tabIndex = week.lines.length ? -1 : 0;
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", week.words.stop + " " + Number(stop.number));
      element.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), choose(stop.id, "reader")));
      element.addEventListener("click", (event) => (event.stopPropagation(), choose(stop.id, "reader")));
      element.addEventListener("dblclick", (event) => event.stopPropagation());
      hovers(element, stop.id);
      markers.set(stop.id, element);
    }

    map.on("click", (event) => {
      const found = left.under(event.latlng);
      if (found && found.cell) map.setView(found.latlng, Math.min(Math.floor(map.getZoom()) + 2, 18));
      else if (found) choose(week.left.id[found.one], "reader");
    });
    let over = false;
    map.on("mousemove", (event) => {
      const onSign = event.originalEvent.target.closest && event.originalEvent.target.closest(".rounds-stop, .rounds-depot, path.leaflet-interactive");
      const found = week && !onSign ? left.under(event.latlng) : null;
      map.getContainer().classList.toggle("rounds-point", Boolean(found));
      if (found) tips.show(leftTip(found), event.originalEvent.clientX, event.originalEvent.clientY);
      else if (over) tips.hide();
      over = Boolean(found);
    });
    map.on("mouseout zoomstart movestart", () => over && (tips.hide(), (over = false)));

    function leftTip(found) {
      const money = (amount) => week.left.money.replace("#", Math.round(amount).toLocaleString("en-US"));
      const owed = (who) => who.reduce((sum, k) => sum + week.left.overdue[k], 0);
      if (found.cell) {
        const who = found.cell.who;
        return "<b>" + who.length + "</b><div>" + week.words.here + "</div>" + pair(week.words.overdue, money(owed(who))) + "<div>" + week.words.nearer + "</div>";
      }
      const name = week.left.name[found.one] || week.left.id[found.one];
      return "<b>" + name + "</b>" + pair(week.words.overdue, money(week.left.overdue[found.one])) + "<div>" + week.words.left + "</div>";
    }

    // What the map does by itself is no wish of the reader's to look elsewhere.
    for (const name of ["pointerdown", "wheel", "keydown"]) map.getContainer().addEventListener(name, () => ((touched = true), (fitted = null)), { passive: true });
    // Until the reader has moved the map it holds the whole, also when the frame gets its size only now.
    map.on("resize", () => fitted && map.fitBounds(window.rounds.flip(fitted), { padding: [26, 26], maxZoom: 16, animate: false }));
    map.on("moveend", () => {
      clearTimeout(waiting);
      if (!touched || !map.roundsFrame) return;
      waiting = setTimeout(() => {
        touched = false;
        const centre = map.getCenter();
        const view = [Number(centre.lng.toFixed(5)), Number(centre.lat.toFixed(5)), Number(map.getZoom().toFixed(2)), map.roundsFrame];
        if (JSON.stringify(view) !== JSON.stringify(state.view)) (state.view = view), tell();
      }, MOVED_MS);
    });
    window.addEventListener("rounds-theme", () => week && (draw(), choose(take(), "page")));
    const take = () => { const id = state.selected; state.selected = ""; return id; };

    return {
      show: function (value) {
        if (value.version !== state.version) {
          week = value.week;
          state.version = value.version;
          draw();
          choose(take(), "page");
        }
        const restored = Boolean(value.at && !map.roundsFrame);
        if (map.roundsFrame !== value.frame) {
          fitted = restored ? null : value.bounds;
          if (restored) {
            map.setView([value.at[1], value.at[0]], value.at[2], { animate: false });
            map.roundsFrame = value.frame;
          } else window.rounds.frame(map, value.frame, value.bounds);
        }
        if (value.heard >= state.clicks) choose(value.selected || "", restored ? "address" : "page");
        line.present(value.now);
        window.rounds.reveal(map, week.hulls);
      },
    };
  }

  // After a click the frame has the keyboard, and the page does not hear its own keys. The frame may not reach into the
  // page (its origin is its own), but it may hand the keyboard back: Alt or Ctrl goes down before the key it belongs to.
  function handBack(event) {
    if (event.isTrusted && ["Alt", "Control", "Meta"].includes(event.key)) window.parent.focus();
  }
  if (!window.roundsKeys) document.addEventListener("keydown", handBack);
  window.roundsKeys = true;

  window.roundsWeek = function (map, value) {
    map.roundsWeek = map.roundsWeek || Week(map);
    map.roundsWeek.show(value);
  };
})();
