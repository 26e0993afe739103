// Heading, chart and table of one panel; the chart has its place once there is one to draw.
function render({ model, el }) {
  const [head, chart, body] = [0, 1, 2].map(() => document.createElement("div"));
  const ends = [showHtml(model, head, "head"), showHtml(model, body, "body")];
  el.append(head, body);
  const place = () => {
    const drawn = model.get("drawn");
    if (drawn && !chart.isConnected) {
      head.after(chart);
      ends.push(showChart(model, chart));
    }
    chart.hidden = !drawn;
  };
  place();
  model.on("change:drawn", place);
  return () => {
    model.off("change:drawn", place);
    for (const end of ends) end();
  };
}
export default { render };
