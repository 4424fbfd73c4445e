package main

import (
	"context"
	"fmt"
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
	Target    string   `placeholder:"FILE" help:"What the goal asks: a target of ours or a CASE package."`
	Framework []string `placeholder:"FILE" sep:"none" help:"A competency framework (CASE) that relates skills; may be repeated."`
	Catalog   string   `placeholder:"FILE" help:"What could close gaps: a JSON array of offers."`
	AsOf      string   `name:"as-of" placeholder:"DATE" help:"The day of the analysis, YYYY-MM-DD (default: today)."`
	Offline   bool     `help:"Fetch nothing while the record is verified."`
	Documents string   `placeholder:"FILE" help:"A JSON object of URL to file, as for 'laurel verify'."`
	JSON      bool     `name:"json" help:"Print the analysis as JSON."`
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
	data, err := readInput(std, c.Target)
	if err != nil {
		return nil, err
	}
	target, err := framework.ReadTarget(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Target, err)
	}
	cs.Target = *target
	for _, name := range c.Framework {
		if data, err = readInput(std, name); err != nil {
			return nil, err
		}
		f, err := framework.Read(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		cs.Framework = append(cs.Framework, f.Associations...)
	}
	if c.Catalog != "" {
		return cs, readInto(std, c.Catalog, &cs.Catalogue)
	}
	return cs, nil
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
	cs.Claims, cs.Scales, cs.Framework = r.Claims, r.Scales, r.Framework
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
	names := map[string]string{}
	for _, claim := range cs.Claims {
		names[claim.ID] = claim.Name
	}
	out := std.out
	fmt.Fprintf(out, "%s, as of %s\n", cs.Target.Name, a.AsOf)
	fmt.Fprintf(out, "Essential: %d of %d met, %d with something to show. Also useful: %d of %d met.\n\n", a.Essential.Firm, a.Essential.Of, a.Essential.Possible, a.Optional.Firm, a.Optional.Of)
	for _, r := range a.Rows {
		fmt.Fprintf(out, "  %-34s %-22s", r.Name, stateWords[r.State])
		for _, id := range r.Because {
			fmt.Fprintf(out, " %s", names[id])
		}
		if r.Limit != nil {
			fmt.Fprintf(out, " (%s)", *r.Limit)
		}
		fmt.Fprintln(out)
	}
	if len(a.Recommendations) > 0 {
		fmt.Fprintln(out, "\nWhat could help")
	}
	for i, s := range a.Recommendations {
		fmt.Fprintf(out, "  %d %s, %v credits: %v\n", i+1, s.Name, s.Credits, s.WouldMeet)
	}
	_, err := fmt.Fprintln(out, "\nA suggestion from rules, not advice.")
	return err
}
