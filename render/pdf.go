package render

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// pdfDeadline bounds the printing of one document: a record of a thousand items takes about two seconds.
const pdfDeadline = 60 * time.Second

// ErrNoPrinter means that there is no Chromium to print with. No Go library that we know writes a tagged PDF.
var ErrNoPrinter = errors.New("render: a PDF is printed by Chromium, which is not installed here; install it, or render to html and print that")

// printer is the browser that prints, "" where there is none.
func printer() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// CanPrint reports whether there is a browser to print with.
func CanPrint() bool { return printer() != "" }

// PDF is a record as a tagged PDF/A-3 file with the signed credential inside, so that one file serves person and machine.
func PDF(ctx context.Context, r *Record, w *Words, o *PageOptions) ([]byte, error) {
	if o == nil {
		o = &PageOptions{}
	}
	w, err := orEnglish(w)
	if err != nil {
		return nil, err
	}
	page, err := setPage(r, w, o, true)
	if err != nil {
		return nil, err
	}
	pdf, err := printed(ctx, page)
	if err != nil {
		return nil, err
	}
	made := o.Made
	if made.IsZero() {
		made = r.Verdict.Checked.Time
	}
	return Archive(pdf, &Archival{Title: cmp.Or(clip(r.Learner.Name, longestLabel), clip(r.Title, longestLabel), w.Say("kind.unknown")), Lang: w.Lang, Inner: w.Say("part.inner"), Made: made, Credential: o.Credential})
}

// printed prints a page made by [Page] as a tagged PDF. The browser that prints it reaches no network: the page carries all
// that it needs, and what foreign text in it names is never fetched.
func printed(ctx context.Context, page []byte) ([]byte, error) {
	browser := printer()
	if browser == "" {
		return nil, ErrNoPrinter
	}
	dir, err := os.MkdirTemp("", "laurel-pdf-")
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(in, page, 0o600); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, pdfDeadline)
	defer stop()
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--export-tagged-pdf",
		"--generate-pdf-document-outline", "--print-to-pdf=" + out, "file://" + in}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...) // Chromium's own rule for the superuser
	}
	if msg, err := exec.CommandContext(ctx, browser, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("render: Chromium could not print the page: %w\n%s", err, msg[:min(len(msg), 400)])
	}
	pdf, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("render: Chromium wrote no PDF: %w", err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return nil, errors.New("render: what Chromium wrote is no PDF")
	}
	return pdf, nil
}
