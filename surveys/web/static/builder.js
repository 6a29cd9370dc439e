"use strict";
// The builder's extras: dragging a card does what its buttons do, and the preview follows.
(() => {
  const base = location.pathname;

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

  let focused = "";
  document.addEventListener("htmx:before:swap", () => {
    const held = document.activeElement;
    focused = held.id || held.closest("[id^='q-']")?.id || "";
  });
  document.addEventListener("htmx:after:swap", () => {
    arrange();
    const opened = document.querySelector("#main [autofocus]");
    if (opened) opened.focus();
    else if (document.activeElement === document.body && focused) {
      const place = document.getElementById(focused);
      (place?.matches("button, a, input, select, textarea") ? place : place?.querySelector(".tool:not([disabled])"))?.focus();
    }
    document.getElementById("phone")?.contentWindow.location.reload();
  });
  arrange();
})();
