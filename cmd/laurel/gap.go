package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/verify"
)

type gapCommand struct {
	Case      string   `placeholder:"FILE" help:"Everything in one file: target, claims, framework, catalogue."`
	Record    string   `placeholder:"FILE" help:"A credential or a record (CLR)."`
	Target    string   `placeholder:"FILE[#GOAL]" help:"What the goal asks: a target of ours, a CASE package, CTDL, or a file or folder of ESCO or O*NET tables. After # the goal by its code or URI, such as onet/#15-2041.00."`
	Framework []string `placeholder:"FILE" sep:"none" help:"A competency framework (file or folder, any of the same forms) that relates skills; may be repeated."`
	Catalog   string   `placeholder:"FILE" help:"What could close gaps: a JSON array of offers."`
	AsOf      string   `name:"as-of" placeholder:"DATE" help:"The day of the analysis, YYYY-MM-DD (default: today)."`
	Offline   bool     `help:"Fetch nothing while the record is verified."`
	Documents string   `placeholder:"FILE" help:"A JSON object of URL to file, as for 'laurel verify'."`
	JSON      bool     `name:"json" help:"Print the analysis as JSON."`
	Explain   bool     `help:"With --json: add why each row stands as it does, what would change it, and what was not counted."`
}

func (c *gapCommand) Run(ctx context.Context, std streams) error {
	cs, err := c.read(ctx, std)
	if err != nil {
		return err
	}
	if c.AsOf != "" {
		if _, err := time.Parse(time.DateOnly, c.AsOf); err != nil {
			return usagef("--as-of %q is not a day such as 2026-01-31", c.AsOf)
		}
		cs.AsOf = c.AsOf
	}
	if cs.AsOf == "" {
		cs.AsOf = time.Now().UTC().Format(time.DateOnly)
	}
	a := gap.Analyse(cs)
	if c.JSON && c.Explain {
		return writeJSON(std, struct {
			*gap.Analysis
			Explanation *gap.Explanation `json:"explanation"`
		}{a, gap.Explain(cs, a)})
	}
	if c.JSON {
		return writeJSON(std, a)
	}
	return printGap(std, cs, a)
}

func (c *gapCommand) read(ctx context.Context, std streams) (*gap.Case, error) {
	cs := &gap.Case{}
	if c.Case != "" {
		if c.Record != "" || c.Target != "" {
			return nil, usagef("--case has everything; leave out --record and --target")
		}
		return cs, readInto(std, c.Case, cs)
	}
	if c.Record == "" || c.Target == "" {
		return nil, usagef("give --record and --target, or --case")
	}
	if err := c.record(ctx, std, cs); err != nil {
		return nil, err
	}
	if err := c.target(std, cs); err != nil {
		return nil, err
	}
	for _, name := range c.Framework {
		f, err := readFramework(std, name)
		if err != nil {
			return nil, err
		}
		relate(cs, f)
	}
	if c.Catalog != "" {
		return cs, readInto(std, c.Catalog, &cs.Catalogue)
	}
	return cs, nil
}

// target reads what the goal asks, and with it what its framework says of skills and levels.
func (c *gapCommand) target(std streams, cs *gap.Case) error {
	name, goal := c.Target, ""
	if i := strings.LastIndexByte(name, '#'); i >= 0 && !exists(name) {
		name, goal = name[:i], name[i+1:]
	}
	if goal == "" && !isFolder(name) {
		data, err := readInput(std, name)
		if err != nil {
			return err
		}
		r, ok, err := framework.ReadRequirement(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if ok {
			cs.Target = *r
			return nil
		}
		if name == "-" {
			std.in = bytes.NewReader(data)
		}
	}
	f, err := readFramework(std, name)
	if err != nil {
		return err
	}
	g, err := f.Goal(goal)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, note := range g.Notes {
		fmt.Fprintln(std.err, note)
	}
	if f.Attribution != "" {
		fmt.Fprintln(std.err, f.Attribution)
	}
	cs.Target = *g.Requirement
	relate(cs, f)
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// readFramework reads a framework from a file, or from the files of a folder.
func readFramework(std streams, name string) (*framework.Framework, error) {
	var f *framework.Framework
	var err error
	if isFolder(name) {
		f, err = framework.ReadDir(os.DirFS(name))
	} else {
		data, readErr := readInput(std, name)
		if readErr != nil {
			return nil, readErr
		}
		f, err = framework.Read(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// relate adds to the case what a framework says of skills and levels.
func relate(cs *gap.Case, f *framework.Framework) {
	cs.Framework = append(cs.Framework, f.Associations...)
	maps.Copy(cs.Scales, f.Levels())
	maps.Copy(cs.Levels, f.LevelDescriptions())
}

// record verifies the record: only what holds may count.
func (c *gapCommand) record(ctx context.Context, std streams, cs *gap.Case) error {
	data, err := readInput(std, c.Record)
	if err != nil {
		return err
	}
	check := verifyCommand{Offline: c.Offline, Documents: c.Documents}
	var fetcher fetch.Fetcher
	if fetcher, err = check.fetcher(); err != nil {
		return err
	}
	rep := verify.Verify(ctx, data, &verify.Options{Fetcher: fetcher})
	doc, err := ijson.Parse(rep.Credential, nil)
	if err != nil {
		return fmt.Errorf("%s is no record that can be read; 'laurel verify' says why", c.Record)
	}
	standings := map[string]gap.Standing{"": standing(rep)}
	for _, part := range rep.Credentials {
		standings[part.Path] = standing(part)
	}
	r := gap.Read(doc.Root(), func(pointer string) gap.Standing { return standings[pointer] })
	cs.Claims, cs.Scales, cs.Levels, cs.Framework = r.Claims, r.Scales, r.Levels, r.Framework
	return nil
}

// standing is what one credential is worth on its own. Expired ones stay: the analysis says that they are.
func standing(rep *verify.Report) gap.Standing {
	switch rep.Own {
	case verify.Verified:
		return gap.Verified
	case verify.Failed:
		if f, ok := rep.Find("validity.expired"); ok && f.Outcome == verify.Fails && onlyFailure(rep) {
			return gap.Verified
		}
		return gap.Void
	}
	return gap.NotChecked
}

func onlyFailure(rep *verify.Report) bool {
	n := 0
	for _, f := range rep.Findings {
		if f.Outcome == verify.Fails {
			n++
		}
	}
	return n == 1
}

func readInto(std streams, name string, dst any) error {
	data, err := readInput(std, name)
	if err != nil {
		return err
	}
	if err := ijson.Unmarshal(data, dst); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// stateWords are the states as people read them.
var stateWords = map[gap.State]string{
	gap.Met: "met", gap.Unconfirmed: "shown, not confirmed", gap.OutOfDate: "older than asked", gap.Partly: "partly", gap.CannotCompare: "cannot compare",
	gap.Indirect: "indirect", gap.InProgress: "in progress", gap.Expired: "expired", gap.SelfAsserted: "stated by the learner", gap.NotYet: "not yet", gap.NotShown: "not shown",
}

func printGap(std streams, cs *gap.Case, a *gap.Analysis) error {
	why := gap.Explain(cs, a)
	out := std.out
	fmt.Fprintf(out, "%s, as of %s\n", cs.Target.Name, a.AsOf)
	fmt.Fprintf(out, "Essential: %d of %d met, %d with something to show. Also useful: %d of %d met.\n", a.Essential.Firm, a.Essential.Of, a.Essential.Possible, a.Optional.Firm, a.Optional.Of)
	if w := a.EssentialWeight; w != nil {
		fmt.Fprintf(out, "By the author's weights: %v of %v met, %v with something to show.\n", w.Firm, w.Of, w.Possible)
	}
	for i, r := range a.Rows {
		fmt.Fprintf(out, "\n  %-34s %s\n", r.Name, stateWords[r.State])
		for _, m := range why.Rows[i].Says {
			fmt.Fprintf(out, "    %s\n", plain(m))
		}
		for _, route := range why.Rows[i].Routes {
			fmt.Fprintf(out, "    - %s\n", plain(route.Says))
		}
	}
	if len(a.Recommendations) > 0 {
		fmt.Fprintln(out, "\nWhat could help")
	}
	for i, s := range a.Recommendations {
		fmt.Fprintf(out, "  %d %s, %v credits: %s\n", i+1, s.Name, s.Credits, strings.Join(s.WouldMeet, ", "))
	}
	if len(why.NotCounted) > 0 {
		fmt.Fprintln(out, "\nNot counted, and why")
	}
	for _, m := range why.NotCounted {
		fmt.Fprintf(out, "  %s\n", plain(m))
	}
	_, err := fmt.Fprintln(out, "\nA suggestion from rules, not advice.")
	return err
}

// plain is a sentence without its marks of emphasis.
func plain(m gap.Message) string { return strings.NewReplacer("**", "", "*", "").Replace(m.String()) }
