// Opened from disk, a page may not start a worker, and the search is one: here it runs in a hidden frame instead.
if (location.protocol === "file:")
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      const page = this.inside.document;
      page.open();
      page.write(`<script>
        var postMessage = (data) => parent.dispatchEvent(new MessageEvent("answer", {data, source: window}));
        var importScripts = (...urls) => urls.reduce((before, src) => before.then(() => new Promise((done, failed) => {
          const script = Object.assign(document.createElement("script"), {src, onload: done, onerror: failed});
          document.body.append(script);
        })), Promise.resolve());
      </script><body><script src="${new URL(url, location)}"></script></body>`);
      page.close();
      this.ready = new Promise((done) => frame.addEventListener("load", done, { once: true }));
      addEventListener("answer", (event) => {
        if (event.source !== this.inside) return;
        const message = new MessageEvent("message", { data: event.data });
        this.dispatchEvent(message);
        this.onmessage?.(message);
      });
    }
    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {
      this.inside.frameElement?.remove();
    }
  };
