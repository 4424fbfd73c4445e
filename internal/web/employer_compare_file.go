package web

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// This file writes a comparison as a file, for filing beside an application. It holds what the page holds: one line for each
// requirement and person, what it was compared with and which version of that, and neither a total nor an order of people.

// comparisonFile is a comparison as data.
type comparisonFile struct {
	Profile  comparisonProfile `json:"profile"`
	AsOf     time.Time         `json:"asOf"`
	Records  []comparisonHead  `json:"records"` // in the order in which they were given
	Asked    []comparisonRow   `json:"asked"`
	NotShown string            `json:"note"`
}

type comparisonProfile struct {
	Name        string   `json:"name"`
	Source      string   `json:"source,omitempty"`
	Version     string   `json:"version,omitempty"`
	SHA256      string   `json:"sha256"`
	Attribution string   `json:"attribution,omitempty"`
	Notes       []string `json:"notes,omitempty"`
	Unread      []string `json:"unread,omitempty"` // what stands in the profile and was not compared
}

type comparisonHead struct {
	Name    string         `json:"name"`
	Verdict verify.Verdict `json:"verdict"`
	ID      string         `json:"id,omitempty"` // of the credential
}

type comparisonRow struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Level     string           `json:"level,omitempty"`
	Essential bool             `json:"essential"`
	Shown     []comparisonCell `json:"shown"` // one for each record
}

type comparisonCell struct {
	State    string   `json:"state"`
	By       string   `json:"by,omitempty"`
	Strength string   `json:"strength,omitempty"`
	Reasons  []string `json:"reasons,omitempty"`
}

func (c *call) comparisonFile(got *employer.Comparison, p *Compared) *comparisonFile {
	k := got.Profile
	out := &comparisonFile{AsOf: got.AsOf, NotShown: c.t("compare.not-shown"),
		Profile: comparisonProfile{Name: p.Name, Source: k.Source, Version: k.Version, SHA256: k.SHA256, Attribution: k.Attribution, Notes: k.Notes, Unread: k.Unread}}
	for _, one := range got.Candidates {
		head := comparisonHead{Name: one.Name, Verdict: verify.Indeterminate}
		if one.Report != nil {
			head.Verdict, head.ID = one.Report.Verdict, one.Report.ID
		}
		out.Records = append(out.Records, head)
	}
	for i, r := range got.Rows {
		row := comparisonRow{ID: r.ID, Name: r.Name, Level: r.Level, Essential: r.Essential}
		for j, cell := range r.Cells {
			one := comparisonCell{State: string(cell.State), By: cell.Claim, Reasons: p.Rows[i].Cells[j].Says}
			if cell.Claim != "" {
				one.Strength = cell.Tier
			}
			row.Shown = append(row.Shown, one)
		}
		out.Asked = append(out.Asked, row)
	}
	return out
}

// comparisonColumns head the table.
var comparisonColumns = []string{"profile", "profile_source", "profile_version", "profile_sha256", "as_of", "requirement", "requirement_id", "level", "essential",
	"record", "record_verdict", "state", "shown_by", "strength", "reasons"}

// table writes one line for each requirement and record.
func (f *comparisonFile) table() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{comparisonColumns}
	for _, r := range f.Asked {
		essential := "no"
		if r.Essential {
			essential = "yes"
		}
		for i, s := range r.Shown {
			rows = append(rows, []string{f.Profile.Name, f.Profile.Source, f.Profile.Version, f.Profile.SHA256, f.AsOf.UTC().Format(time.RFC3339), r.Name, r.ID, r.Level, essential,
				f.Records[i].Name, string(f.Records[i].Verdict), s.State, s.By, s.Strength, strings.Join(s.Reasons, " ")})
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = inertCell(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// inertCell keeps a spreadsheet from taking a stranger's text for a formula.
func inertCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// comparisonForms are the comparison's files as addresses that hold them: nothing is kept that they could be fetched from.
func (c *call) comparisonForms(got *employer.Comparison, p *Compared) ([]InlineFile, error) {
	f := c.comparisonFile(got, p)
	table, err := f.table()
	if err != nil {
		return nil, record.Wrap("web.comparison", err)
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, record.Wrap("web.comparison", err)
	}
	return []InlineFile{
		{Label: c.t("compare.csv"), File: "comparison.csv", Href: dataAddress("text/csv;charset=utf-8", table)},
		{Label: c.t("compare.json"), File: "comparison.json", Href: dataAddress("application/json", data)},
	}, nil
}

// An InlineFile is a file that its own address holds.
type InlineFile struct {
	Label, File string
	Href        template.URL
}

func dataAddress(media string, b []byte) template.URL {
	return template.URL("data:" + media + ";base64," + base64.StdEncoding.EncodeToString(b))
}

// maxLinks bounds the addresses of one comparison.
const maxLinks = 20

// linked reads the records behind addresses, one a line: shares of this server are opened as their page would, with the
// passcode that may follow the address; anything else is fetched as any address that is checked. The message is for the
// form; "" when all were read.
func (c *call) linked(text string) (all []employer.Candidate, message string, err error) {
	for line := range strings.Lines(text) {
		at, passcode, _ := strings.Cut(strings.TrimSpace(line), " ")
		if at == "" {
			continue
		}
		if len(all) == maxLinks {
			return nil, c.t("compare.links-many"), nil
		}
		one, err := c.linkedOne(at, strings.TrimSpace(passcode))
		if k := record.KindOf(err); err != nil && k != record.Internal {
			return nil, c.t("compare.link-bad", "Link", at) + " " + c.says(err), nil
		}
		if err != nil {
			return nil, "", err
		}
		all = append(all, *one)
	}
	return all, "", nil
}

func (c *call) linkedOne(at, passcode string) (*employer.Candidate, error) {
	ourPath, _ := c.ourPath(at)
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, record.Errorf(record.Invalid, "web.linked", "it is no address of the web")
	}
	if token, ok := strings.CutPrefix(u.Path, "/shares/"); ok && u.Scheme+"://"+u.Host == c.deps.PublicURL && !strings.Contains(token, "/") {
		opened, err := c.deps.Employer.Open(c.ctx, c.actor, token, passcode)
		if err != nil {
			return nil, err
		}
		name := opened.Learner
		if name == "" {
			name = c.t("share.somebody")
		}
		return &employer.Candidate{Name: name, Docs: opened.Documents}, nil
	}
	b, err := c.byAddress(at, ourPath)
	if err != nil {
		return nil, err
	}
	return c.fileCandidate(u.Host+u.Path, b)
}

// fileCandidate checks one file.
func (c *call) fileCandidate(name string, b []byte) (*employer.Candidate, error) {
	checked, err := c.deps.Employer.Verify(c.ctx, c.actor, b)
	if err != nil {
		return nil, err
	}
	return &employer.Candidate{Name: name, Docs: []employer.Document{{Name: name, Bytes: b, Report: checked.Report}}}, nil
}
