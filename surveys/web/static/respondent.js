"use strict";
// Saves while people answer, and hides what isn't asked. The form is whole without it; nothing
// is sent before a person has done something.
(() => {
  const form = document.getElementById("answers");
  const status = document.getElementById("status");
  let timer, pending = false, busy = false, over = false, pause = 1000;

  const say = (text, isBad) => {
    status.textContent = text;
    status.classList.toggle("status-bad", Boolean(isBad));
  };

  const holds = (part, hidden) => {
    const code = part.dataset.if;
    if (hidden.has(code)) return false;
    const given = [...new FormData(form)]
      .filter(([name, value]) => value !== "" && (name === code || name.startsWith(code + ".")))
      .map(([, value]) => value);
    if (part.dataset.in) return given.some((value) => part.dataset.in.split(" ").includes(value));
    if (part.dataset.atLeast) return given.some((value) => parseFloat(value.replace(",", ".")) >= +part.dataset.atLeast);
    return given.length > 0;
  };

  const arrange = () => {
    const hidden = new Set();
    for (const part of form.querySelectorAll("[data-if]")) {
      part.hidden = !holds(part, hidden);
      if (part.hidden) hidden.add(part.dataset.code);
    }
  };

  const retry = (text) => {
    say(text, true);
    later(pause);
    pause = Math.min(pause * 2, 30000);
  };

  const save = async () => {
    clearTimeout(timer);
    if (over) return;
    if (busy) return later(300);
    busy = true;
    pending = false;
    const body = new URLSearchParams(new FormData(form));
    body.set("_action", "save");
    try {
      const answer = await fetch(form.action, { method: "POST", body, keepalive: true });
      if (over) return;
      if (answer.ok) {
        const saved = await answer.json();
        form.elements._revision.value = saved.revision;
        pause = 1000;
        say(saved.message);
      } else if (answer.status > 499) retry(status.dataset.server);
      else {
        over = true;
        say(answer.status === 409 ? status.dataset.stale : status.dataset.refused, true);
      }
    } catch {
      retry(status.dataset.offline);
    } finally {
      busy = false;
    }
  };

  const later = (ms) => {
    pending = true;
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };

  form.addEventListener("input", (event) => {
    arrange();
    // A form that only shows what it would ask, by GET, has nowhere to save.
    if (event.isTrusted && form.method === "post") later(event.target.matches("[type=radio], [type=checkbox]") ? 150 : 900);
  });
  form.addEventListener("change", (event) => event.isTrusted && pending && later(0));
  form.addEventListener("submit", () => {
    over = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => pending && document.hidden && save());
  addEventListener("online", () => pending && later(0));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.documentElement.classList.add("js");
  arrange();
})();
