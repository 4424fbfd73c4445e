package roster

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// reading is how a cell was understood as a date.
type reading struct {
	date time.Time
	how  string // "" for ISO 8601; else "day first", "month first", "spreadsheet day number"
}

var (
	isoDate     = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$`)
	partsDate   = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$`)
	serialDate  = regexp.MustCompile(`^\d{5}(?:\.0+)?$`)
	monthNames  = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	serialEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) // spreadsheets count days from here
)

// dateError is why a cell is no date.
type dateError struct {
	code string // date_impossible, date_ambiguous, date_unreadable
	say  string
}

// dateOrder finds out from a whole column which number of 20/05/2025 is the day: one value over 12 decides for all.
func dateOrder(cells []string) (dayFirst, known bool) {
	for _, c := range cells {
		m := partsDate.FindStringSubmatch(c)
		if m == nil {
			continue
		}
		first, second := atoi(m[1]), atoi(m[2])
		if first > 12 {
			return true, true
		}
		if second > 12 {
			return false, true
		}
	}
	return false, false
}

// readDate reads a cell as a date. Of the numbers of 01/02/2025 the order must be known from the column.
func readDate(cell string, dayFirst, known bool) (reading, *dateError) {
	if m := isoDate.FindStringSubmatch(cell); m != nil {
		return calendar(atoi(m[1]), atoi(m[2]), atoi(m[3]), "")
	}
	if serialDate.MatchString(cell) {
		days := atoi(cell[:5])
		return reading{serialEpoch.AddDate(0, 0, days), "spreadsheet day number"}, nil
	}
	m := partsDate.FindStringSubmatch(cell)
	if m == nil {
		return reading{}, &dateError{"date_unreadable", fmt.Sprintf("'%s' is not a date. Write it as year-month-day, such as 2025-05-20.", cell)}
	}
	first, second, year := atoi(m[1]), atoi(m[2]), atoi(m[3])
	if !known && first != second {
		return reading{}, &dateError{"date_ambiguous", fmt.Sprintf("'%s' may be day or month first. Write it as year-month-day, such as 2025-05-20.", cell)}
	}
	if dayFirst {
		return calendar(year, second, first, "day first")
	}
	return calendar(year, first, second, "month first")
}

// calendar makes a date of its parts, and says so when there is no such day.
func calendar(year, month, dayOf int, how string) (reading, *dateError) {
	if month < 1 || month > 12 {
		return reading{}, &dateError{"date_impossible", fmt.Sprintf("there is no month %d.", month)}
	}
	t := time.Date(year, time.Month(month), dayOf, 0, 0, 0, 0, time.UTC)
	if t.Day() != dayOf || dayOf < 1 {
		return reading{}, &dateError{"date_impossible", fmt.Sprintf("%d %s does not exist.", dayOf, monthNames[month-1])}
	}
	if year < 1900 || year > 2200 {
		return reading{}, &dateError{"date_impossible", fmt.Sprintf("the year %d cannot be meant.", year)}
	}
	return reading{t, how}, nil
}

// words writes a date out: 20 May 2025.
func words(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), monthNames[t.Month()-1], t.Year())
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
