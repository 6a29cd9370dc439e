"use strict";
// The builder's extras: dragging a card does what its buttons do, and the preview follows.
(() => {
  const base = location.pathname;
  const frame = () => document.getElementById("phone");
  const asked = () => document.querySelector("#main [data-focus]");
  let shown = frame()?.src, held = "", wanted = "";

  const drop = (event) => {
    const form = document.getElementById("drop");
    const address = `${base}/${event.item.dataset.code}/move`;
    form.elements.section.value = event.to.dataset.section;
    form.elements.position.value = event.newDraggableIndex;
    form.action = address;
    form.setAttribute("hx-post", address);
    form.requestSubmit();
  };

  const arrange = () => {
    if (!document.getElementById("drop")) return;
    for (const list of document.querySelectorAll(".cards")) {
      if (!Sortable.get(list)) {
        new Sortable(list, { group: "cards", handle: ".grip", draggable: ".question-card", animation: 120, onEnd: drop });
      }
    }
  };

  // Where the page asks for the focus anew, or what was left is gone: never to the top unasked.
  const refocus = () => {
    if (asked() && asked().id !== wanted) asked().focus();
    else if (document.activeElement === document.body && held) {
      const place = document.getElementById(held);
      (place?.matches(".question-card") ? place.querySelector("[id^='edit-']") : place)?.focus();
    }
  };

  const follow = () => {
    if (!frame()) return;
    if (frame().src === shown) frame().contentWindow.location.reload();
    shown = frame().src;
  };

  // Not by an anchor: it would take the focus into the frame.
  frame()?.addEventListener("load", () => {
    const code = document.querySelector(".question-open")?.dataset.code;
    const place = code && frame().contentDocument.querySelector(`[data-code="${code}"]`);
    if (place) frame().contentWindow.scrollTo(0, place.offsetTop - 12);
  });
  document.addEventListener("htmx:before:swap", () => {
    const active = document.activeElement;
    held = active.closest(".question-card")?.id ?? active.id;
    if (active.matches(".tool[id]")) held = active.id;
    wanted = asked()?.id;
  });
  document.addEventListener("htmx:after:swap", () => {
    arrange();
    refocus();
    follow();
  });
  // What can't be saved is told in the line of the last save, and the page stays as it was typed.
  const tell = (reason) => {
    const saved = document.getElementById("saved");
    saved.textContent = saved.dataset[reason];
    saved.classList.add("saved-not");
    saved.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:before:response", (event) => {
    const { status } = event.detail.ctx.response;
    if (status < 400 || status === 409 || status === 422) return;
    event.preventDefault();
    tell(status === 400 || status === 401 ? "over" : "failed");
  });
  document.addEventListener("htmx:error", () => tell("offline"));
  arrange();
  if (!document.querySelector("#main [autofocus]")) asked()?.focus();
})();
