"use strict";
// Fields of a mail go in where the cursor stands. Without this file they are there to be copied.
let lastField = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".takes-place")) lastField = event.target;
});
function offerPlaces() {
  for (const place of document.querySelectorAll("code.place")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "place";
    button.textContent = place.textContent;
    place.replaceWith(button);
  }
  const hint = document.querySelector(".places-hint[data-pressed]");
  if (hint) hint.textContent = hint.dataset.pressed;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.place");
  if (!button) return;
  const field = lastField?.isConnected ? lastField : document.querySelector(".takes-place");
  field.setRangeText(button.textContent, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  // A change by script is none to the browser; the form saves itself on one.
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("htmx:after:swap", offerPlaces);
offerPlaces();
