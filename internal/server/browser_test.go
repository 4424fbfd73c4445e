package server

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

var update = flag.Bool("update", false, "write the pictures in docs/pictures anew")

// needed skips a test whose component is missing, and fails it when CI is true.
func needed(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; scripts/test installs it", what)
	}
	t.Skipf("SKIP: %s is missing; scripts/test installs it", what)
}

func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		needed(t, "Chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// view is one page of the demonstration as one person sees it.
type view struct {
	name    string
	who     string // sign-in link; empty: a stranger
	address string
}

// views lists the pages that the pictures show and the accessibility check reads.
func (d *demoServer) views(t *testing.T) []view {
	t.Helper()
	actor := d.actor(t, "ingrid.solheim@rowanvalley.example")
	preview, err := d.Registrar.StageImport(t.Context(), actor, registrar.ImportRequest{Files: []registrar.File{{Name: "clubs.csv", Data: []byte(plantedSheet)}}})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := d.Registrar.Awards(t.Context(), actor, registrar.AwardFilter{States: []record.AwardState{record.AwardIssued}})
	if err != nil || len(issued) == 0 {
		t.Fatalf("issued awards: %v, %v", issued, err)
	}
	p := &d.places
	return []view{
		{"home", "", "/"}, {"about", "", "/about"}, {"how-to-check", "", "/how-to-check"}, {"sign-in", "", "/sign-in"}, {"verify", "", "/verify"},
		{"employer-share", "", p.Share.URL}, {"employer-whole-record", "", p.ShareWhole.URL}, {"record-altered", "", p.Broken.URL},
		{"record-right-to-left", "", p.Learners[4].CLR}, {"achievement", "", "/achievements/ds-101"}, {"issuer", "", "/issuers/rowan-valley"}, {"missing", "", "/no-such-page"}, {"catalogue", "", "/achievements"}, {"frameworks", "", "/frameworks"},
		{"compare", "", "/compare"}, {"ask", "", "/ask"}, {"marks", "", "/about/marks"}, {"claim", "", "/claim"}, {"offline", "", "/offline"},
		{"learner-record", p.Learner.URL, "/my"}, {"learner-shares", p.Learner.URL, "/my/shares"}, {"learner-new-share", p.Learner.URL, "/my/shares/new"}, {"learner-data", p.Learner.URL, "/my/data"},
		{"learner-map", p.Learner.URL, "/my/map"}, {"learner-new", p.Learner.URL, "/my/new"}, {"learner-goals", p.Learner.URL, "/my/goals"}, {"learner-add", p.Learner.URL, "/my/add"},
		{"learner-own", p.Learner.URL, "/my/stated/new"}, {"learner-requests", p.Learner.URL, "/my/requests"}, {"learner-notices", p.Learner.URL, "/my/notices"}, {"learner-programs", p.Learner.URL, "/my/apps"},
		{"learner-wallet", p.Learner.URL, "/my/wallet"}, {"learner-addresses", p.Learner.URL, "/my/addresses"}, {"learner-choices", p.Learner.URL, "/my/choices"}, {"learner-leave", p.Learner.URL, "/my/leave"},
		{"learner-disclosures", p.Learner.URL, "/my/disclosures"}, {"account", p.Learner.URL, "/account"},
		{"registrar-today", p.Registrar.URL, "/desk"}, {"registrar-import", p.Registrar.URL, "/desk/import"}, {"registrar-import-check", p.Registrar.URL, "/desk/imports/" + string(preview.Batch)},
		{"registrar-issued", p.Registrar.URL, "/desk/issued"}, {"registrar-award", p.Registrar.URL, "/desk/awards/" + string(issued[0].ID)}, {"registrar-people", p.Registrar.URL, "/desk/people"},
		{"registrar-catalogue", p.Registrar.URL, "/desk/catalogue"}, {"registrar-keys", p.Registrar.URL, "/desk/keys"}, {"registrar-drafts", p.Registrar.URL, "/desk/drafts"},
		{"registrar-office", p.Registrar.URL, "/desk/office"}, {"registrar-frameworks", p.Registrar.URL, "/desk/frameworks"}, {"registrar-kinds", p.Registrar.URL, "/desk/templates"},
		{"registrar-tree", p.Registrar.URL, "/desk/catalogue/tree"}, {"registrar-new-entry", p.Registrar.URL, "/desk/catalogue/new"}, {"registrar-rules", p.Registrar.URL, "/desk/rules"},
		{"registrar-coverage", p.Registrar.URL, "/desk/coverage"}, {"registrar-classroom", p.Registrar.URL, "/desk/classroom"}, {"registrar-policy", p.Registrar.URL, "/desk/policy"},
		{"registrar-requests", p.Registrar.URL, "/desk/requests"}, {"registrar-deliveries", p.Registrar.URL, "/desk/deliveries"}, {"registrar-wording", p.Registrar.URL, "/desk/wording"},
		{"registrar-experiences", p.Registrar.URL, "/desk/experiences"}, {"registrar-prior-learning", p.Registrar.URL, "/desk/prior"}, {"registrar-endorsements", p.Registrar.URL, "/desk/endorsements"},
		{"registrar-dashboard", p.Registrar.URL, "/desk/dashboard"}, {"registrar-ending", p.Registrar.URL, "/desk/ending"}, {"registrar-programs", p.Registrar.URL, "/desk/programs"},
		{"approver-approve", p.Approver.URL, "/desk/approve"},
	}
}

const plantedSheet = `learner_name,learner_email,learner_id,achievement_name,achievement_type,achievement_code,awarded_on,credits,grade
Priya Raman,priya.raman@rowanvalley.example,RV240031,Debate Society,Membership,CO-09,14/11/2026,,
Kim Lee,kim.lee(at)rowanvalley.example,RV260502,Debate Society,Membership,CO-09,14/11/2026,,
Luis Ángel Peña,luis.pena@rowanvalley.example,RV250340,Debate Society,Membersip,CO-09,14/11/2026,one,
`

// axe runs axe-core in the page and returns its violations in words.
func axe(ctx context.Context, script string) (string, error) {
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script+";0")); err != nil {
		return "", err
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | "))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		return "", err
	}
	var list []string
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return "", err
	}
	return strings.Join(list, "\n"), nil
}

// TestPages opens every page of the demonstration in a real browser, at desktop and phone width: axe-core finds nothing,
// nothing is wider than the screen, and with -update the pictures in docs/pictures are what was seen.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: a browser takes a while; not in -short")
	}
	script, err := os.ReadFile(filepath.Join("..", "..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		needed(t, "axe-core")
	}
	d := startDemo(t)
	views := d.views(t)
	ctx := browser(t)
	dir := filepath.Join("..", "..", "docs", "pictures")
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	who := ""
	for _, v := range views {
		if v.who != who {
			who = v.who
			if err := chromedp.Do(ctx, chromedp.Navigate(who)); err != nil {
				t.Fatalf("sign-in: %v", err)
			}
		}
		address := v.address
		if strings.HasPrefix(address, "/") {
			address = d.base + address
		}
		for _, size := range []struct {
			name  string
			width int64
		}{{"desktop", 1280}, {"phone", 360}} {
			if err := look(ctx, v, address, size.width, string(script)); err != nil {
				t.Errorf("%s, %s: %v", v.name, size.name, err)
			}
			if !*update {
				continue
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, v.name+"-"+size.name+".png"), picture, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func look(ctx context.Context, v view, address string, width int64, script string) error {
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](`document.fonts.ready.then(()=>0)`, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	if err != nil {
		return err
	}
	if wide > width {
		return fmt.Errorf("the page is %d pixels wide on a screen of %d", wide, width)
	}
	found, err := axe(ctx, script)
	if err != nil {
		return err
	}
	if found != "" {
		return fmt.Errorf("axe-core:\n%s", found)
	}
	return nil
}
