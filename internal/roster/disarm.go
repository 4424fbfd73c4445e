package roster

import "strings"

// Spreadsheets run cells that begin with one of these characters as formulas.
const formulaStarts = "=+-@\t\r"

// Disarm writes a cell of somebody else's so that no spreadsheet runs it: an apostrophe in front, which readers of ours
// take away again, so that a file that went out comes back as it was.
func Disarm(cell string) string {
	if bare := strings.TrimLeft(cell, "'"); bare != "" && strings.ContainsRune(formulaStarts, rune(bare[0])) {
		return "'" + cell
	}
	return cell
}

// disarmed takes the apostrophe away again.
func disarmed(cell string) string {
	if bare := strings.TrimLeft(cell, "'"); len(bare) < len(cell) && bare != "" && strings.ContainsRune(formulaStarts, rune(bare[0])) {
		return cell[1:]
	}
	return cell
}

// formula tells whether a cell would run as a formula and is no number: =HYPERLINK(…), +cmd|…, @SUM(…).
func formula(cell string) bool {
	return cell != "" && strings.ContainsRune(formulaStarts, rune(cell[0])) && !number(strings.TrimLeft(cell, "+-"))
}

// cellErrors are what spreadsheets leave where a formula failed.
var cellErrors = []string{"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
