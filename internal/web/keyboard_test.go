package web

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// walkScript focuses everything that a keyboard can reach, one after the other, and tells what a person who sees no pointer
// could not use: what takes the focus and shows none, what lies hidden, what jumps the order, what only a mouse opens.
const walkScript = `(() => {
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  const bad = [], say = (e, what) => bad.push(what + ": " + e.tagName.toLowerCase() + " " + (e.id || e.className || e.textContent.trim().slice(0, 30)));
  const reach = Array.from(document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")).filter((e) => !e.disabled && !e.hidden && !e.closest("[hidden]"));
  for (const e of reach) {
    if (e.tabIndex > 0) say(e, "jumps the order");
    const plain = getComputedStyle(e), before = plain.outlineStyle + plain.outlineWidth + plain.boxShadow + plain.borderColor + plain.backgroundColor;
    e.focus({focusVisible: true});
    if (document.activeElement !== e) { if (e.tabIndex >= 0 && e.getClientRects().length) say(e, "takes no focus"); continue; }
    const on = getComputedStyle(e), after = on.outlineStyle + on.outlineWidth + on.boxShadow + on.borderColor + on.backgroundColor;
    if (before === after && !(e.type === "radio" && e.checked)) say(e, "shows no focus");
    const box = e.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) say(e, "is focused and has no size");
  }
  for (const e of document.querySelectorAll("[onclick], [role=button]")) if (e.tabIndex < 0) say(e, "a mouse alone opens it");
  document.activeElement.blur();
  return bad;
})()`

// zoomScript doubles the letters and tells what then leaves the window or is cut off (WCAG 1.4.4).
const zoomScript = `(() => {
  document.documentElement.style.fontSize = "200%";
  const wide = document.documentElement.scrollWidth, cut = [];
  for (const e of document.querySelectorAll("h1, h2, h3, p, li, dt, dd, label, button, summary, a")) {
    const s = getComputedStyle(e);
    if (s.overflow === "hidden" && s.clipPath === "none" && e.scrollHeight > e.clientHeight + 2 && e.clientHeight > 1) cut.push(e.tagName.toLowerCase() + " " + e.textContent.trim().slice(0, 30));
  }
  document.documentElement.style.fontSize = "";
  return {wide, cut};
})()`

// motionScript lists what still moves for a person who asked that nothing does.
const motionScript = `Array.from(document.querySelectorAll("*")).filter((e) => { const s = getComputedStyle(e); return parseFloat(s.transitionDuration) > 0.01 || (s.animationName !== "none" && parseFloat(s.animationDuration) > 0.01); }).map((e) => e.tagName.toLowerCase() + "." + e.className)`

type zoomed struct {
	Wide int64    `json:"wide"`
	Cut  []string `json:"cut"`
}

// TestKeyboardZoomAndRest opens every page of the storybook once and asks whether it can be used by keyboard alone, with
// letters of double size in a window of 640 (of 1280 for the desks' tables), and by somebody who asked for no motion.
func TestKeyboardZoomAndRest(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short")
	}
	srv, all := storyServer(t)
	ctx := browser(t)
	still := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, still); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	for _, st := range all {
		t.Run(st.name, func(t *testing.T) {
			width := int64(640)
			if st.page.shell().Staff { // tables of the desks: letters of double size in a desk's own window (WCAG 1.4.4)
				width = 1280
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(srv.URL+"/story/"+st.name)); err != nil {
				t.Fatal(err)
			}
			bad, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](walkScript))
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range bad {
				t.Error(b)
			}
			z, err := chromedp.Run(ctx, chromedp.Evaluate[zoomed](zoomScript))
			if err != nil {
				t.Fatal(err)
			}
			if z.Wide > width {
				t.Errorf("with letters of double size the page is %d wide in a window of %d", z.Wide, width)
			}
			for _, c := range z.Cut {
				t.Errorf("letters of double size are cut off: %s", c)
			}
			moves, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](motionScript))
			if err != nil {
				t.Fatal(err)
			}
			if len(moves) > 0 {
				t.Errorf("moves in spite of the wish for rest: %s", strings.Join(moves[:min(len(moves), 5)], ", "))
			}
		})
	}
}

// tabScript tells what has the focus now, by its place in the order of what a keyboard should reach.
const tabScript = `(() => {
  const reach = Array.from(document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")).filter((e) => !e.disabled && !e.closest("[hidden]") && e.getClientRects().length);
  return {at: reach.indexOf(document.activeElement), of: reach.length, name: document.activeElement.tagName, date: document.activeElement.type === "date"};
})()`

type tabbed struct {
	At, Of int
	Name   string
	Date   bool // its day, month and year are stops of their own
}

// TestRealTabs presses the Tab key, as a person does, through pages with every kind of control: each press goes on in the order
// of the page, none is swallowed, and Enter opens what folds.
func TestRealTabs(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short")
	}
	srv, _ := storyServer(t)
	ctx := browser(t)
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"share", "compare-files", "verify", "new-share"} {
		t.Run(name, func(t *testing.T) {
			if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/story/"+name)); err != nil {
				t.Fatal(err)
			}
			last := tabbed{At: -1}
			for press := 1; ; press++ {
				if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
					t.Fatal(err)
				}
				now, err := chromedp.Run(ctx, chromedp.Evaluate[tabbed](tabScript))
				if err != nil {
					t.Fatal(err)
				}
				if now.At < 0 && last.At == last.Of-1 || now.At == 0 && last.At > 0 { // behind the last one it begins anew
					break
				}
				if now.At < last.At || now.At == last.At && !now.Date || press > 200 {
					t.Fatalf("press %d: from %+v to %+v", press, last, now)
				}
				if now.Name == "SUMMARY" {
					if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
						t.Fatal(err)
					}
					open, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement.parentElement.open`))
					if err != nil || !open {
						t.Errorf("Enter does not open what folds: %v", err)
					}
				}
				last = now
			}
			if last.At < 3 {
				t.Errorf("only %d stops", last.At+1)
			}
		})
	}
}
