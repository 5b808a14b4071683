// "At the door": one tap when the crew stands there, so that the visit's minutes and the drive before it are known.
// Nobody must tap, nobody is asked where the phone is. What is recorded without it says when, not how long. Whoever is
// there before a visit may begin is told so at once; what happened is recorded all the same, with the true start.
(function (R) {
  "use strict";

  const { el, fill, icon } = R;
  const KEPT = "rounds-at-the-door";
  const LONGEST_MS = 150 * 60000;

  function kept() {
    return R.stored(KEPT, {});
  }
  function since(stop) {
    const at = kept()[R.day.day + " " + stop.place_id], when = at ? new Date(at) : null;
    const ago = when ? Date.now() - when.getTime() : -1;
    return ago >= 0 && ago < LONGEST_MS ? when : null;
  }
  function toggle(stop) {
    const all = {}, here = R.day.day + " " + stop.place_id, before = kept();
    for (const key of Object.keys(before)) if (key.startsWith(R.day.day)) all[key] = before[key];
    if (since(stop)) delete all[here];
    else all[here] = new Date().toISOString();
    R.keep(KEPT, all);
    R.render();
    if (since(stop) && early(stop)) R.toast(fill(R.W.too_early, { time: stop.opens }), 9000);
  }
  const opens = (stop) => Date.parse(stop.opens_at);
  const early = (stop) => Date.now() < opens(stop);
  const clock = R.clock;

  // When a visit began: as tapped, else now. An outcome that is put right keeps no arrival of its own.
  R.began = (stop) => (stop.outcome ? null : since(stop)) || new Date();

  // Said in the form of an outcome whose visit would begin too early. Who came early and waited says when it began.
  R.begun = function (stop, began) {
    if (stop.outcome || !(began.getTime() < opens(stop))) return "";
    if (early(stop)) return el("p", { class: "effect", id: "begun-early" }, fill(R.W.begun_early, { began: clock(began), time: stop.opens }));
    return R.choices("begun", fill(R.W.begun_when, { time: stop.opens }),
      [[stop.opens_at, fill(R.W.begun_waited, { time: stop.opens })], [began.toISOString(), fill(R.W.begun_at, { time: clock(began) })]], null);
  };

  R.arrival = function (stop) {
    if (!R.day.may_record || stop.outcome || !R.day.today) return "";
    const when = since(stop);
    const time = when ? clock(when) : "";
    return el("div", { class: "also" }, when && early(stop) ? el("p", { class: "effect", id: "too-early" }, fill(R.W.too_early, { time: stop.opens })) : "", el("button", { class: "button quiet wide", id: "arrived", "aria-pressed": String(Boolean(when)), onclick: () => toggle(stop) },
      icon("pin"), when ? fill(R.W.at_door_since, { time: time }) : R.W.at_door));
  };
})(window.roundsDay);
