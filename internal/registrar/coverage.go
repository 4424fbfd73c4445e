package registrar

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// Coverage compares a programme with what it promises: which of its courses teach an expectation, which assess it, and how
// many learners have shown it. Numbers of people are given only where nobody can be picked out of them (Count).

// CountFloor is the fewest people of whom a number is told.
const CountFloor = 10

// Count is a number of people that may be told, or what may be told in its place.
type Count struct {
	N    int // when it is told
	Kind CountKind
}

// CountKind is how much of a number is told.
type CountKind string

// The kinds of counts.
const (
	CountTold   CountKind = "told"
	CountFew    CountKind = "few"    // fewer than CountFloor
	CountNearly CountKind = "nearly" // all but fewer than CountFloor: the few who have not could be picked out
	CountHidden CountKind = "hidden" // the group is too small, or the number could be worked out from others
)

// countOf is what may be told of n out of a group of size.
func countOf(n, size int) Count {
	switch {
	case size < CountFloor:
		return Count{Kind: CountHidden}
	case n < CountFloor:
		return Count{Kind: CountFew}
	case size-n > 0 && size-n < CountFloor:
		return Count{Kind: CountNearly}
	}
	return Count{N: n, Kind: CountTold}
}

// protect hides a second number of a row in which one alone is not told: together with the row's total the others would
// tell it.
func protect(row []Count) {
	hidden, least := 0, -1
	for i, c := range row {
		if c.Kind != CountTold {
			hidden++
		} else if least < 0 || c.N < row[least].N {
			least = i
		}
	}
	if hidden == 1 && least >= 0 {
		row[least] = Count{Kind: CountHidden}
	}
}

// Programme is an achievement of the catalogue that has parts.
type Programme struct {
	ID      record.AchievementID
	IRI     string
	Name    string
	Code    string
	Courses int
}

// Expectation is one thing a programme promises, and how it is kept.
type Expectation struct {
	URL, Name, Code, Framework string
	Taught, Assessed           []string // names of courses
	Demonstrated               Count
	ByCohort                   []Count // in the order of Coverage.Cohorts
}

// Coverage is a programme with its expectations.
type Coverage struct {
	Programme
	Size         Count
	Cohorts      []Cohort
	Expectations []Expectation
}

// Cohort is the learners who earned their first course of the programme in the same year.
type Cohort struct {
	Year string
	Size Count
}

// CoverageProgrammes lists the achievements that have parts, by name.
func (d *Desk) CoverageProgrammes(ctx context.Context, actor record.Actor) ([]Programme, error) {
	const op = "registrar.CoverageProgrammes"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []Programme
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		catalogue, err := tx.Achievements(ctx, actor.Institution, "", MaxCatalogue)
		if err != nil {
			return err
		}
		all, err := tx.Associations(ctx, actor.Institution)
		if err != nil {
			return err
		}
		for _, a := range catalogue {
			if n := len(partsOf(a.IRI, all)); n > 0 {
				out = append(out, Programme{ID: a.ID, IRI: a.IRI, Name: a.Name, Code: a.Code, Courses: n})
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Programme) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, record.Wrap(op, err)
}

// Coverage works out a programme's coverage.
func (d *Desk) Coverage(ctx context.Context, actor record.Actor, id record.AchievementID) (*Coverage, error) {
	const op = "registrar.Coverage"
	var out *Coverage
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		a, err := tx.Achievement(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, staff...); err != nil {
			return err
		}
		s := &survey{tx: tx, institution: a.Institution, found: map[string]*expectation{}, first: map[record.LearnerID]string{}}
		if err := s.look(ctx, a); err != nil {
			return err
		}
		out = s.coverage(Programme{ID: a.ID, IRI: a.IRI, Name: a.Name, Code: a.Code, Courses: s.courses})
		return nil
	})
	return out, record.Wrap(op, err)
}

// survey is a coverage being worked out.
type survey struct {
	tx          *store.Tx
	institution record.InstitutionID
	courses     int
	found       map[string]*expectation
	order       []string
	first       map[record.LearnerID]string // year of the first course
}

type expectation struct {
	Expectation
	learners map[record.LearnerID]bool
}

func (s *survey) at(a *ob.Alignment) *expectation {
	e := s.found[a.TargetURL]
	if e == nil {
		e = &expectation{Expectation: Expectation{URL: a.TargetURL, Name: a.TargetName, Code: a.TargetCode, Framework: a.TargetFramework}, learners: map[record.LearnerID]bool{}}
		s.found[a.TargetURL] = e
		s.order = append(s.order, a.TargetURL)
	}
	return e
}

// look walks the programme and its parts, each once.
func (s *survey) look(ctx context.Context, programme *record.Achievement) error {
	body, err := readBody(programme)
	if err != nil {
		return err
	}
	for i := range body.Alignment {
		s.at(&body.Alignment[i]) // promised, whether a course teaches it or not
	}
	all, err := s.tx.Associations(ctx, s.institution)
	if err != nil {
		return err
	}
	seen := map[string]bool{programme.IRI: true}
	for queue := partsOf(programme.IRI, all); len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] || len(seen) > MaxCatalogue {
			continue
		}
		seen[queue[0]] = true
		queue = append(queue, partsOf(queue[0], all)...)
		a, err := optional(s.tx.AchievementByIRI(ctx, s.institution, queue[0]))
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		if err := s.course(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) course(ctx context.Context, a *record.Achievement) error {
	s.courses++
	body, err := readBody(a)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(a.Code + " " + a.Name)
	taught := map[string]bool{}
	for i := range body.Alignment {
		e := s.at(&body.Alignment[i])
		if !taught[e.URL] {
			taught[e.URL] = true
			e.Taught = append(e.Taught, name)
		}
	}
	for i := range body.ResultDescription {
		for j := range body.ResultDescription[i].Alignment {
			if e := s.at(&body.ResultDescription[i].Alignment[j]); !slices.Contains(e.Assessed, name) {
				e.Assessed = append(e.Assessed, name)
			}
		}
	}
	earners, err := s.tx.Earners(ctx, s.institution, a.IRI)
	if err != nil {
		return err
	}
	for _, who := range earners {
		year := who.AwardedOn[:min(4, len(who.AwardedOn))]
		if held, ok := s.first[who.Learner]; !ok || year < held {
			s.first[who.Learner] = year
		}
		for url := range taught {
			s.found[url].learners[who.Learner] = true
		}
		for _, url := range who.Aligned {
			if e := s.found[url]; e != nil {
				e.learners[who.Learner] = true
			}
		}
	}
	return nil
}

// coverage counts people, and tells of the numbers what may be told.
func (s *survey) coverage(p Programme) *Coverage {
	out := &Coverage{Programme: p, Size: countOf(len(s.first), len(s.first))}
	sizes := map[string]int{}
	for _, year := range s.first {
		sizes[year]++
	}
	var years []string
	for year := range sizes {
		years = append(years, year)
	}
	slices.Sort(years)
	for _, year := range years {
		out.Cohorts = append(out.Cohorts, Cohort{Year: year, Size: countOf(sizes[year], sizes[year])})
	}
	for _, url := range s.order {
		e := s.found[url]
		by := map[string]int{}
		for l := range e.learners {
			by[s.first[l]]++
		}
		e.Demonstrated = countOf(len(e.learners), len(s.first))
		for _, year := range years {
			e.ByCohort = append(e.ByCohort, countOf(by[year], sizes[year]))
		}
		protect(e.ByCohort)
		out.Expectations = append(out.Expectations, e.Expectation)
	}
	return out
}

// WriteCoverage writes a programme's coverage as CSV; what is not told on the page is not told in the file.
func (d *Desk) WriteCoverage(ctx context.Context, actor record.Actor, id record.AchievementID, w io.Writer) error {
	const op = "registrar.WriteCoverage"
	v, err := d.Coverage(ctx, actor, id)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := []string{"expectation", "code", "framework", "address", "taught_in", "assessed_in", "demonstrated_by"}
	for _, c := range v.Cohorts {
		head = append(head, "demonstrated_by_cohort_"+c.Year)
	}
	rows := [][]string{head}
	for _, e := range v.Expectations {
		row := []string{e.Name, e.Code, e.Framework, e.URL, strings.Join(e.Taught, "; "), strings.Join(e.Assessed, "; "), e.Demonstrated.word()}
		for _, c := range e.ByCohort {
			row = append(row, c.word())
		}
		rows = append(rows, disarmAll(row))
	}
	return record.Wrap(op, out.WriteAll(rows))
}

// word is a count in a file.
func (c Count) word() string {
	switch c.Kind {
	case CountFew:
		return "fewer than " + formatInt(CountFloor)
	case CountNearly:
		return "all but fewer than " + formatInt(CountFloor)
	case CountHidden:
		return "not told"
	}
	return formatInt(int64(c.N))
}
