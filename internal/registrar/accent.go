package registrar

import (
	"math"
	"regexp"
	"strconv"

	"github.com/openlaurel/laurel/internal/record"
)

var accentForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// minContrast is WCAG 2.2, success criterion 1.4.3, for text.
const minContrast = 4.5

// checkAccent refuses an accent colour that cannot be read on white paper.
func checkAccent(op, accent string) error {
	if accent == "" {
		return nil
	}
	if !accentForm.MatchString(accent) {
		return record.Errorf(record.Invalid, op, "the accent %q is not a colour; write it like #0F5E63", accent)
	}
	if c := contrastOnWhite(accent); c < minContrast {
		return record.Errorf(record.Invalid, op, "the accent %s has a contrast of %.1f on white and text needs %.1f; choose a darker colour", accent, c, minContrast)
	}
	return nil
}

// contrastOnWhite computes the contrast ratio as WCAG 2.2 defines it.
func contrastOnWhite(hex string) float64 {
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return 0
	}
	channel := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*channel(v>>16) + 0.7152*channel(v>>8) + 0.0722*channel(v)
	return 1.05 / (luminance + 0.05)
}
