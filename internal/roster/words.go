package roster

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/ob"
)

var (
	email      = regexp.MustCompile(`^[^\s@()<>,;:\\"\[\]]+@[^\s@()<>,;:\\"\[\]]+\.[^\s@()<>,;:\\"\[\].]{2,}$`)
	emailSlips = strings.NewReplacer("(at)", "@", "[at]", "@", " at ", "@", "(dot)", ".", "[dot]", ".", " dot ", ".", " ", "", ",", ".", ";", "")
	numerals   = map[string]string{"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
		"seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12"}
)

// mendEmail proposes the address that was probably meant; empty when there is none.
func mendEmail(cell string) string {
	if fixed := emailSlips.Replace(cell); fixed != cell && email.MatchString(fixed) {
		return fixed
	}
	return ""
}

// mendNumber proposes the number that was probably meant.
func mendNumber(cell string) string {
	if n, ok := numerals[strings.ToLower(cell)]; ok {
		return n
	}
	if fixed := strings.Replace(cell, ",", ".", 1); fixed != cell && number(fixed) {
		return fixed
	}
	return ""
}

// number tells whether a cell is a plain decimal number.
func number(cell string) bool {
	f, err := strconv.ParseFloat(cell, 64)
	return err == nil && f >= 0 && f < 1e9 && !strings.ContainsAny(cell, "xXpPeEnN_+")
}

// achievementType finds a type of the standard's list, whatever its case; ext: terms stand for themselves.
func achievementType(cell string) (ob.AchievementType, bool) {
	if ob.IsExtensionTerm(cell) {
		return ob.AchievementType(cell), true
	}
	t, ok := squeezedTypes()[squeeze(cell)]
	return t, ok
}

// squeezedTypes is the standard's list by squeezed name; a million rows ask for it.
var squeezedTypes = sync.OnceValue(func() map[string]ob.AchievementType {
	out := map[string]ob.AchievementType{}
	for _, t := range ob.AchievementTypes() {
		out[squeeze(string(t))] = t
	}
	return out
})

// mendType proposes the nearest type: at most a third of its letters may differ.
func mendType(cell string) string {
	best, distance := "", len(cell)/3+1
	for _, t := range ob.AchievementTypes() {
		if d := editDistance(squeeze(cell), squeeze(string(t))); d < distance {
			best, distance = string(t), d
		}
	}
	return best
}

// squeeze compares vocabulary without case, spaces and dashes: "co-curricular" is CoCurricular.
func squeeze(s string) string { return squeezer.Replace(strings.ToLower(s)) }

var squeezer = strings.NewReplacer(" ", "", "-", "", "_", "")

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// The scales of the one-sheet template, low to high.
var (
	letterScale = []string{"F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A"}
	passScale   = []string{"Fail", "Pass", "Merit", "Distinction"}
)

// scale is how a sheet's grades are to be read.
type scale struct {
	letters []string
}

// sheetScale is the letter scale of a sheet: A+ belongs to it when the sheet uses it.
func sheetScale(grades []string) scale {
	s := scale{letters: letterScale}
	if slices.Contains(grades, "A+") {
		s.letters = append(slices.Clone(letterScale), "A+")
	}
	return s
}

// describe makes the description of a grade's result; ok is false when the grade is in no scale we know.
func (s scale) describe(iri, grade string) (d ob.ResultDescription, ok bool) {
	d = ob.ResultDescription{ID: iri, Type: []string{"ResultDescription"}}
	switch {
	case slices.Contains(s.letters, grade):
		d.Name, d.ResultType, d.AllowedValue = "Letter grade", ob.ResultLetterGrade, s.letters
	case slices.Contains(passScale, grade):
		d.Name, d.ResultType, d.AllowedValue = "Outcome", ob.ResultPerformanceLevel, passScale
	case number(strings.TrimSuffix(strings.TrimSuffix(grade, "%"), " ")):
		if f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSuffix(grade, "%"), " "), 64); err != nil || f > 100 {
			return d, false
		}
		d.Name, d.ResultType, d.ValueMin, d.ValueMax = "Percent", ob.ResultPercent, "0", "100"
	default:
		return d, false
	}
	return d, true
}

// words names the scale for a finding: F…A.
func (s scale) words() string { return s.letters[0] + "…" + s.letters[len(s.letters)-1] }
