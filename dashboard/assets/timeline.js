// The timeline under the map: a line a route with shift, travel, waiting, breaks and visits as numbered blocks that can
// be clicked and walked with the arrow keys. Text was escaped where it was written; times are minutes from midnight.
(function () {
  "use strict";

  const clock = (minute) => String(Math.floor(minute / 60) % 24).padStart(2, "0") + ":" + String(Math.floor(minute % 60)).padStart(2, "0");

  function part(kind, parent) {
    const made = document.createElement("div");
    made.className = kind;
    if (parent) parent.appendChild(made);
    return made;
  }

  // The whole hours around everything that is drawn.
  function hours(lines) {
    const times = lines.flatMap((line) => [...line.shift, ...line.travel.flat(), ...(line.back || [])]);
    return [Math.floor(Math.min(...times) / 60) * 60, Math.ceil(Math.max(...times) / 60) * 60];
  }

  // Build the timeline into a box. `on` is what to do: choose(id), hover(id, element) and leave(); `tip(element, html)`
  // binds a tooltip. Gives its blocks by debtor and a way to move the line of the present. A line that is in the box
  // already and says the same is taken over as it is.
  window.roundsTimeline = function (box, week, on) {
    const lines = week.lines, words = week.words;
    const blocks = new Map(), order = [];
    const before = box.roundsRows || new Map(), rows = (box.roundsRows = new Map());
    const top = box.scrollTop, focused = box.contains(document.activeElement) ? document.activeElement : null;
    box.textContent = "";
    box.hidden = !lines.length && !words.nobody; // a map without a timeline has neither
    if (words.nobody) part("nobody", box).innerHTML = words.nobody;
    if (!lines.length) return { blocks: blocks, present: () => {} };
    const [first, last] = hours(lines);
    const share = (minute) => (100 * (minute - first)) / (last - first);
    const lay = (element, span) => {
      element.style.left = share(span[0]) + "%";
      element.style.width = share(span[1]) - share(span[0]) + "%";
      return element;
    };
    const routes = new Map(week.routes.map((route) => [route.id, route]));
    const days = new Set(lines.map((line) => line.day));
    const inner = part("inner", box);
    const common = JSON.stringify([first, last, days.size, words]);

    const axis = part("axis", inner);
    part("who", axis);
    const scale = part("track", axis);
    for (let hour = first; hour <= last; hour += 60) {
      const mark = part("hour", scale);
      mark.style.left = share(hour) + "%";
      mark.textContent = clock(hour);
      if (hour === last) mark.classList.add("last");
    }

    let day = "";
    for (const line of lines) {
      if (days.size > 1 && line.day !== day) part("day", inner).innerHTML = line.title;
      day = line.day;
      const route = routes.get(line.id), text = common + JSON.stringify([line, route]), known = before.get(line.id);
      if (known && known.text === text) {
        inner.appendChild(known.row);
        rows.set(line.id, known);
        for (const [id, block] of known.blocks) blocks.set(id, block), order.push([block, known.row]);
        continue;
      }
      const row = part("line", inner), mine = [];
      rows.set(line.id, { text: text, row: row, blocks: mine });
      row.dataset.day = line.day;
      if (route) row.style.setProperty("--crew", route.colour), row.style.setProperty("--ink", route.ink);
      row.classList.toggle("black", Boolean(route) && route.colour === "#000000");
      const who = part("who", row);
      who.innerHTML = '<i class="' + (route ? route.shape : "") + '"></i><span>' + line.crew + "</span>" + (line.late ? '<b class="late">' + line.ends + "</b>" : "");
      on.tip(who, () => "<b>" + line.crew + "</b>" + on.pair(words.shift, clock(line.shift[0]) + "–" + clock(line.shift[1])) + (line.ends ? on.pair(words.late, line.ends) : ""));
      const track = part("track", row);
      for (let hour = first + 60; hour < last; hour += 60) part("grid", track).style.left = share(hour) + "%";
      lay(part("shift", track), line.shift);
      const plain = (kind, spans, word) => spans.forEach((span) => {
        const piece = lay(part(kind, track), span);
        on.tip(piece, () => "<b>" + word + "</b>" + on.pair(clock(span[0]) + "–" + clock(span[1]), Math.round(span[1] - span[0]) + " " + words.min));
      });
      plain("travel", line.travel, words.travel);
      plain("wait", line.waits, words.wait);
      plain("break", line.breaks, words.break);
      if (line.back) plain("back" + (line.back[1] > line.shift[1] ? " over" : ""), [line.back], words.back);
      if (!route) continue;
      line.blocks.forEach((span, at) => {
        const stop = route.stops[at];
        const block = lay(document.createElement("button"), span);
        block.type = "button";
        block.className = on.classes("block", stop, route);
        block.tabIndex = -1;
        block.innerHTML = "<span>" + Number(stop.number) + "</span>";
        block.setAttribute("aria-label", "");
        const said = document.createElement("span");
        said.innerHTML = [words.stop + " " + Number(stop.number), stop.name, stop.door, line.crew, line.title].join(", ");
        block.setAttribute("aria-label", said.textContent);
        block.addEventListener("click", () => on.choose(stop.id));
        on.hovers(block, stop.id);
        track.appendChild(block);
        blocks.set(stop.id, block);
        mine.push([stop.id, block]);
        order.push([block, row]);
      });
    }
    order.forEach(([block], at) => (block.tabIndex = at ? -1 : 0));
    box.scrollTop = top;
    if (focused && inner.contains(focused)) focused.focus({ preventScroll: true });

    // One block is in the order of the Tab key; arrows walk from there: along the line, or to the nearest of another.
    inner.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: 0, End: 0 }[event.key];
      const from = order.findIndex(([block]) => block === document.activeElement);
      if (step === undefined || from < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const own = order.filter(([, row]) => row === order[from][1]).map(([block]) => block);
      let to = null;
      if (event.key === "Home" || event.key === "End") to = own[event.key === "Home" ? 0 : own.length - 1];
      else if (event.key === "ArrowLeft" || event.key === "ArrowRight") to = (order[from + step] || [])[0];
      else {
        const rows = [...new Set(order.map(([, row]) => row))];
        const row = rows[rows.indexOf(order[from][1]) + step];
        const middle = (block) => parseFloat(block.style.left) + parseFloat(block.style.width) / 2;
        const there = order.filter(([, other]) => other === row).map(([block]) => block);
        there.sort((a, b) => Math.abs(middle(a) - middle(order[from][0])) - Math.abs(middle(b) - middle(order[from][0])));
        to = there[0];
      }
      if (to) to.focus();
    });
    inner.addEventListener("focusin", (event) => {
      if (!event.target.classList.contains("block")) return;
      order.forEach(([block]) => (block.tabIndex = block === event.target ? 0 : -1));
    });

    function present(now) {
      inner.querySelectorAll(".now").forEach((old) => old.remove());
      if (!now || now.minute < first || now.minute > last) return;
      inner.querySelectorAll('.line[data-day="' + now.day + '"] > .track').forEach((track) => {
        part("now", track).style.left = share(now.minute) + "%";
      });
    }
    return { blocks: blocks, present: present };
  };
})();
