// Brings the part of the page that has just been asked for into view and gives it the keyboard: `data-to` of this script
// is the part's class. Loaded anew for each question, since a page of Streamlit's runs a script once for each address.
(function () {
  "use strict";
  const script = document.currentScript, name = script && script.dataset.to;
  const part = name && document.querySelector("." + CSS.escape(name));
  if (!part) return;
  // What is higher than the place it scrolls in begins at its beginning.
  let place = part.parentElement;
  while (place && !/auto|scroll/.test(getComputedStyle(place).overflowY)) place = place.parentElement;
  if (place && part.offsetHeight > place.clientHeight) {
    place.scrollTop += part.getBoundingClientRect().top - place.getBoundingClientRect().top;
    place.scrollIntoView({ block: "nearest", behavior: "auto" });
  } else part.scrollIntoView({ block: "nearest", behavior: "auto" });
  if ("onlyLook" in script.dataset) return;
  part.tabIndex = -1;
  // A dialog that is closing gives the keyboard back to its button: come after it.
  const take = () => part.isConnected && !part.contains(document.activeElement) && part.focus({ preventScroll: true });
  take();
  setTimeout(take, 250);
})();
