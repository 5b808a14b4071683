// The keyboard on pages of Streamlit's. A form behind a button is drawn at the very end of the page, and what a run of the
// page draws anew takes the keyboard with it: here it goes into the form and out of it where the button is, and comes
// back to the part it was in. `data-lead` names the keys (with Alt) that bring it to a part, by that part's class.
(function () {
  "use strict";
  if (window.roundsKeyboard) return;
  window.roundsKeyboard = true;

  const FORM = '[data-testid="stPopoverBody"]', BUTTON = '[data-testid="stPopoverButton"]';
  const STOPS = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), summary, iframe, [tabindex="0"], [data-tabindex="0"]';
  const lead = JSON.parse((document.currentScript && document.currentScript.dataset.lead) || "{}");
  let last = null, called = "", trail = [], opening = null, wished = "";

  const seen = (element) => element.isConnected && element.getClientRects().length > 0;
  const part = (name) => [...document.querySelectorAll("." + CSS.escape(name))].find(seen);
  const opener = () => [...document.querySelectorAll(BUTTON + '[aria-expanded="true"]')].find(seen);
  // Of radio buttons of one name the Tab key comes to the chosen one alone.
  const rests = (element) => element.type !== "radio" || element.checked || !element.closest('[role="radiogroup"]').querySelector("input:checked");
  // A form whose list was opened and shut is left with every field out of the Tab key's order; what it was is noted there.
  const tabs = (element) => (element.dataset.tabindex === undefined ? element.tabIndex >= 0 : element.dataset.tabindex !== "-1");
  const stops = (within) => [...within.querySelectorAll(STOPS)].filter((one) => seen(one) && tabs(one) && rests(one));

  // The parts an element lies in, the innermost first; those of a form go on with those of its button.
  function parts(element) {
    const found = [];
    for (let one = element; one; one = one.parentElement) {
      found.push(...[...one.classList].filter((name) => name.startsWith("st-key-")));
      if (one.matches(FORM) && opener()) return found.concat(parts(opener()));
    }
    return found;
  }

  // What a field is called: it may be drawn anew as a part of another name, when what can be chosen in it is another.
  function named(element) {
    const labels = (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => id && document.getElementById(id));
    return element.getAttribute("aria-label") || [...labels, ...(element.labels || [])].filter(Boolean).map((one) => one.textContent.trim()).join(" ");
  }

  function take(element) {
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }

  // What had the keyboard is gone: the same part drawn anew gets it, or the smallest one about it that is still there.
  function restore() {
    if (!last || seen(last) || (document.activeElement && document.activeElement !== document.body)) return;
    const again = called && [...document.querySelectorAll(FORM)].flatMap(stops).find((one) => named(one) === called);
    if (again) return take(again); // a field of the form that is open
    const there = trail.map(part).find(Boolean);
    if (!there) return;
    const inside = stops(there);
    take(inside.length === 1 ? inside[0] : there);
  }

  function enter() {
    if (!opening) return;
    const form = document.querySelector(FORM), inside = form ? stops(form) : [];
    if (document.activeElement !== opening) opening = null;
    else if (inside.length) (opening = null), inside[0].focus();
  }

  // A key may come before the part it leads to: there is no card until somebody is selected.
  function go() {
    const to = wished && part(wished), here = document.activeElement;
    if (!to) return;
    if (!here || !here.closest("." + CSS.escape(wished))) take(to);
    wished = "";
  }

  document.addEventListener("focusin", (event) => ((last = event.target), (called = named(last)), (trail = parts(last))));
  document.addEventListener("pointerdown", () => ((last = opening = null), (wished = "")), true); // who points elsewhere has left it

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.altKey && !event.ctrlKey && lead[event.code]) (wished = lead[event.code]), go();
    const button = target.closest && target.closest(BUTTON);
    if (button && (event.key === "Enter" || event.key === " ") && button.getAttribute("aria-expanded") !== "true") opening = button;
    const form = event.key === "Tab" && target.closest && target.closest(FORM);
    if (!form) return;
    const inside = stops(form), next = inside.indexOf(target) + (event.shiftKey ? -1 : 1);
    event.preventDefault(); // round and round, as in every dialog: Esc leaves it
    if (inside.length) inside[(next + inside.length) % inside.length].focus();
  }, true);

  let waits = 0;
  new MutationObserver(() => {
    enter();
    go();
    clearTimeout(waits);
    waits = setTimeout(restore, 60);
  }).observe(document.body, { childList: true, subtree: true });
})();
