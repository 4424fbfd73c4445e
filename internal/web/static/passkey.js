// Passkeys. The buttons stay hidden where this file or the browser cannot do it; every other way in works without it.
"use strict";
if (window.PublicKeyCredential && navigator.credentials) {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }));
  const answer = (credential) => {
    const r = credential.response, out = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (r[part]) { out[part] = text(r[part]); }
    }
    if (r.getTransports) { out.transports = r.getTransports(); }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: out, clientExtensionResults: {} });
  };
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      const field = form.elements.answer;
      if (field.value) { return; }
      event.preventDefault();
      const problem = form.querySelector("[data-problem]");
      problem.hidden = true;
      try {
        const reply = await fetch(form.dataset.begin, { method: "POST" });
        if (!reply.ok) { throw new Error(reply.status); }
        const o = (await reply.json()).publicKey;
        o.challenge = bytes(o.challenge);
        let credential;
        if (form.dataset.passkey === "create") {
          o.user.id = bytes(o.user.id);
          o.excludeCredentials = keys(o.excludeCredentials);
          credential = await navigator.credentials.create({ publicKey: o });
        } else {
          o.allowCredentials = keys(o.allowCredentials);
          credential = await navigator.credentials.get({ publicKey: o });
        }
        field.value = answer(credential);
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  });
}
