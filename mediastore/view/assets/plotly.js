// Plotly, loaded once a page from our own server.

let library;

function plotly(url) {
  library ??= new Promise((ready, failed) => {
    if (window.Plotly) return ready(window.Plotly);
    const script = element("script", { src: url });
    script.onload = () => ready(window.Plotly);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}
