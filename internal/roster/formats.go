package roster

// Format is one row of the table of formats.
type Format struct {
	Name  string // for --format
	Label string // for people
	// Suits tells whether the files look like this format.
	Suits func(files []File) bool
	Read  readFunc
	// Sheet says that the format is one table with a header, so that its columns can be matched and its values mended.
	Sheet bool
}

// Formats is the table of formats, in the order in which they are tried on files of unknown format.
var Formats = []Format{
	{Name: "pesc", Label: "PESC College or High School Transcript (XML)", Suits: suitsPESC, Read: readPESC},
	{Name: "oneroster", Label: "OneRoster 1.1 or 1.2 (CSV files or ZIP)", Suits: suitsOneRoster, Read: readOneRoster},
	{Name: "edfi", Label: "Ed-Fi API resources (JSON)", Suits: suitsEdFi, Read: readEdFi},
	{Name: "ob3", Label: "Open Badges 3.0 and CLR 2.0 (JSON, signed, or in a PNG or SVG)", Suits: suitsOB3, Read: readOB3},
	{Name: "case", Label: "CASE package (JSON), catalogue only", Suits: suitsCASE, Read: readFramework},
	{Name: "ctdl", Label: "CTDL (JSON-LD), catalogue only", Suits: suitsCTDL, Read: readFramework},
	{Name: "clr1", Label: "Comprehensive Learner Record 1.0 (JSON)", Suits: suitsCLR1, Read: readUpgraded},
	{Name: "ob2", Label: "Open Badges 2.0 assertions (JSON, signed, or in a PNG or SVG)", Suits: suitsOB2, Read: readUpgraded},
	{Name: "eduapi", Label: "Edu-API 1.0 (JSON), people and catalogue", Suits: suitsEduAPI, Read: readEduAPI},
	{Name: "csv-full", Label: "Laurel full template (several CSV files)", Suits: suitsFull, Read: readFull},
	{Name: "xlsx", Label: "Workbook (XLSX), one sheet", Suits: suitsWorkbook, Read: readSimple, Sheet: true},
	{Name: "csv", Label: "One sheet (CSV), our template or any columns", Suits: suitsSimple, Read: readSimple, Sheet: true},
}
