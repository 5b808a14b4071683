// The page of a crew's day: progress, the next stop as one large card, what can be done, the list; drawn anew each time.
(function (R) {
  "use strict";

  const { $, W, el, icon, fill } = R;

  R.render = function () {
    const day = R.day, total = day.stops.length, done = day.stops.filter((stop) => stop.outcome).length;
    const paid = day.stops.reduce((sum, stop) => sum + stop.paid, 0);
    $("pace").hidden = total === 0;
    $("notice").hidden = !day.notice;
    $("notice").textContent = day.notice;
    $("progress").textContent = fill(W.progress, { done: done, total: total, money: R.money(paid) });
    $("bar").setAttribute("aria-valuenow", done);
    $("bar").firstElementChild.style.width = total ? (100 * done) / total + "%" : "0";
    $("finish").className = day.finish && done < total ? "chip " + day.finish.state : "";
    $("finish").textContent = day.finish && done < total ? day.finish.text : day.finish ? day.finish.back : back(done);
    // What was recorded since the server told it is behind the crew.
    const left = day.finish ? Math.min(day.finish.unreached, total - done) : 0, missed = left > 0;
    $("back").hidden = !(day.finish && done < total) || missed; // said with those who are not reached
    $("back").textContent = day.finish ? day.finish.back : "";
    $("missed").hidden = !missed;
    $("missed").textContent = missed ? fill(W.missed, { back: day.finish.back, made: total - left, total: total, n: left }) : "";
    document.documentElement.style.setProperty("--crew", day.colour);
    document.documentElement.style.setProperty("--ink", day.ink);
    card(R.shown());
    list();
    actions(R.shown());
    if (R.mapped) R.drawMap();
  };

  // The card comes into sight below the line of the day, which stays on top.
  R.top = (smooth) => scrollTo({ top: 0, behavior: smooth ? "smooth" : "instant" });
  // When a visit was, of what is recorded; the hours of one that is not, once they are over today.
  const over = (stop) => !stop.outcome && R.day.today && Date.now() > Date.parse(stop.closes_at);
  const named = (options, code) => { const one = options.find((each) => each[0] === code); return one && code ? one[1] : ""; };
  function recorded(stop) {
    const entry = stop.entry;
    if (!entry) return "";
    const lines = [[R.outcomeTold(stop), stop.paid ? R.money(stop.paid) : ""], [fill(W.visited, { span: R.span(entry) }), fill(W.planned_at, { time: stop.begins }), entry.recorded ? fill(W.entered, { time: entry.recorded }) : ""],
      [named(W.ways, entry.promised_how), named(W.evidences, entry.evidence), named(W.next_actions, entry.next_action)], [stop.standing > 1 ? fill(W.together, { n: stop.standing }) : ""],
      [entry.note ? "“" + entry.note + "”" : ""]];
    return el("div", { class: "recorded", id: "recorded" }, ...lines.map((parts) => parts.filter(Boolean).join(" · ")).filter(Boolean).map((text) => el("p", {}, text)));
  }

  const back = (done) => (done && R.day.back_heard) || R.day.back;

  function card(stop) {
    const box = $("next");
    box.hidden = R.day.stops.length === 0;
    if (!stop) {
      box.replaceChildren(el("p", { class: "name" }, W.all_done), el("p", { class: "address" }, back(true)));
      return;
    }
    const next = R.open();
    const tag = stop.required ? el("span", { class: "tag must" }, W.must) : el("span", { class: "tag" }, stop === next ? W.next : R.outcomeTold(stop) || W.later);
    const poor = stop.accuracy_m === null || stop.accuracy_m > 150;
    const pin = stop.pin_set ? W.pin_corrected : stop.accuracy_m === null ? W.pin_unknown : fill(poor ? W.pin_poor : W.pin, { m: Math.round(stop.accuracy_m) });
    const advice = [
      ...stop.wishes.map((wish) => el("div", { class: "wish" }, wish)),
      stop.reason ? el("div", {}, stop.reason) : null,
      stop.approach ? el("div", { class: "approach" }, stop.approach) : null,
      stop.bring.length ? el("div", {}, W.bring + stop.bring.join(W.comma)) : null,
      stop.say ? el("details", {}, el("summary", {}, W.say), el("p", {}, stop.say), el("ul", {}, ...stop.ask.map((one) => el("li", {}, one))),
        ...stop.minds.map((one) => el("p", { class: "mind" }, one))) : null,
    ];
    box.replaceChildren(
      el("div", { class: "head" }, el("span", { class: "badge" }, String(stop.number)), stop.entry
        ? el("span", { class: "when" }, stop.entry.began)
        : el("span", { class: "when" }, stop.begins, el("small", {}, "–" + stop.leaves)), tag),
      recorded(stop),
      el("p", { class: "name" }, stop.name || stop.debtor_id),
      el("p", { class: "address" }, stop.address || W.no_address),
      el("p", { class: "pin" + (poor && !stop.pin_set ? " poor" : "") }, stop.kind + " · " + pin),
      stop.pin_set && !stop.pin_planned ? el("p", { class: "pin", id: "pin-waits" }, W.pin_waits) : "",
      over(stop) ? el("p", { class: "pin poor", id: "window-over" }, fill(W.window_over, { time: stop.closes })) : el("p", { class: "pin" }, fill(W.window, { window: stop.window })),
      el("div", { class: "amount" }, el("b", {}, R.money(stop.overdue_minor)), el("span", {}, stop.debt)),
      advice.some(Boolean) ? el("div", { class: "advice" }, ...advice.filter(Boolean)) : "",
      el("div", { class: "two" },
        el("button", { class: "button main", id: "go", onclick: () => navigate(stop) }, icon("go"), W.navigate),
        stop.phone
          ? el("a", { class: "button", href: "tel:" + stop.phone.replace(/[^+\d]/g, "") }, icon("call"), W.call)
          : el("span", { class: "button", "aria-disabled": "true" }, icon("call"), W.no_phone)),
      NAVIGATORS[chosen()] ? el("button", { class: "other-map", id: "other-map", onclick: () => choose(stop) }, fill(W.navigates_with, { map: called(chosen()) })) : "",
      R.arrival ? R.arrival(stop) : "",
      R.cardMore ? R.cardMore(stop) : ""
    );
  }

  function list() {
    const now = R.shown(), pinned = R.pinned ? R.pinned() : [];
    const rows = R.day.stops.map((stop) =>
      [stop.begins_at, el("li", { class: (stop.outcome ? "done " : "") + (stop === now ? "current" : "") },
        el("button", { onclick: () => { R.chosen = stop.debtor_id; R.render(); R.top(true); } },
          el("span", { class: "badge" }, stop.outcome ? "✓" : String(stop.number)),
          el("span", { class: "who" }, el("b", {}, stop.name || stop.debtor_id), el("span", {}, stop.outcome ? R.outcomeTold(stop) : stop.address)),
          pinned.includes(stop.debtor_id) ? icon("lock") : null,
          el("span", { class: "side" }, stop.entry ? stop.entry.began : stop.begins, el("small", {}, stop.outcome && stop.paid ? R.money(stop.paid) : R.money(stop.overdue_minor)))))]
    );
    const pauses = R.day.breaks.map((pause) => [pause.begins_at, el("li", { class: "pause" }, pause.text)]);
    // Of a day with two shifts each is headed: stops are numbered within a shift, as on the branch's timeline.
    const heads = (R.day.shifts || []).map((shift) => [shift.begins_at, el("li", { class: "pause shift" }, shift.text)]);
    const ordered = [...heads, ...rows, ...pauses].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map((row) => row[1]);
    $("list").replaceChildren(...(ordered.length ? [el("h2", {}, W.stops)] : []), ...ordered, ...givenUp());
  }

  // What the crew does not make any more stays on its list, by number where it may not read the name any more: the
  // morning's sheet and day pack have it still.
  function givenUp() {
    const gone = R.day.given_up || [];
    const row = (one) => {
      const was = fill(W.was_stop, { n: one.number });
      return el("li", { class: "pause gone" },
        el("span", { class: "who" }, el("b", {}, one.name || was), one.address ? el("span", {}, one.address) : null, el("span", {}, one.why)),
        el("span", { class: "side" }, one.begins, one.name ? el("small", {}, was) : null));
    };
    return gone.length ? [el("h2", { id: "given-up" }, W.given_up), ...gone.map(row)] : [];
  }

  function actions(stop) {
    const bar = $("actions");
    bar.hidden = !stop || !R.day.may_record;
    if (bar.hidden) return;
    if (R.ahead()) { // said in place of what would only be refused
      bar.replaceChildren(el("p", { class: "ahead", id: "ahead" }, fill(W.day_ahead, { day: R.day.opens_text })));
      return;
    }
    const button = (kind, text) => el("button", { class: "button " + kind, id: "do-" + kind, onclick: () => R.sheet(stop, kind) }, text);
    bar.replaceChildren(
      el("p", {}, R.named(stop) + (R.entryOf(stop) ? " · " + W.correct : "")),
      el("div", {}, button("paid", W.paid), button("promise", W.promise), button("absent", W.absent), button("more", "⋯"))
    );
    bar.querySelector("#do-more").setAttribute("aria-label", W.more);
  }

  // ---- navigation: coordinates, in the datum of the map that is asked, and the stop's number; never a name
  const NAVIGATORS = {
    amap: ([lon, lat], number) => "https://uri.amap.com/navigation?to=" + lon + "," + lat + "," + number + "&mode=car&coordinate=gaode&callnative=1",
    baidu: ([lon, lat], number) => "baidumap://map/direction?destination=latlng:" + lat + "," + lon + "|name:" + number + "&coord_type=bd09ll&mode=driving",
    google: ([lon, lat]) => "https://www.google.com/maps/dir/?api=1&destination=" + lat + "," + lon,
    apple: ([lon, lat]) => "https://maps.apple.com/?dirflg=d&daddr=" + lat + "," + lon,
  };
  const chosen = () => R.stored("rounds-navigator", "");
  const called = (name) => W.navigators.find((one) => one[0] === name)[1];
  // The day stays where it is: a web address opens beside it. Whether an app took an address of its own can only be
  // seen by its having come to the front; where none did, another map is offered.
  function leave(name, address, stop) {
    if (address.startsWith("http")) { open(address, "_blank", "noopener"); return; }
    location.href = address;
    setTimeout(() => { if (document.visibilityState === "visible" && document.hasFocus()) choose(stop, fill(W.no_navigator, { map: called(name) })); }, 2500);
  }
  const go = (name, stop) => leave(name, NAVIGATORS[name](stop.go[name], stop.number), stop);
  function navigate(stop) {
    if (NAVIGATORS[chosen()]) go(chosen(), stop);
    else choose(stop);
  }
  function choose(stop, why) {
    R.present(W.navigate_with, why ? el("p", { class: "error", role: "status" }, why) : "", el("p", {}, W.navigate_note), ...W.navigators.map(([name, text]) =>
      el("button", { class: "button wide", "data-app": name, onclick: () => { R.keep("rounds-navigator", name); $("sheet").close(); R.render(); go(name, stop); } }, text)));
  }

  R.queue.forEach(R.apply);
  R.render();
  R.send();
  // Hours that end while the page is open are said to be over; nothing else is drawn anew under a reading eye.
  let late = R.day.stops.filter(over).length;
  setInterval(() => { const now = R.day.stops.filter(over).length; if (now !== late && !$("sheet").open) { late = now; R.render(); } }, 30000);
  if (R.changed) R.changed(null);
  if (R.day.stops.length) {
    const ready = () => R.loadGround().catch(() => {}).then(() => { R.mapped = true; R.drawMap(); });
    if (document.readyState === "complete") ready();
    else addEventListener("load", () => setTimeout(ready, 0));
  }
})(window.roundsDay);
