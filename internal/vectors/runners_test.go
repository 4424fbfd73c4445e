package vectors_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

// runners names, for every suite, the tests that run it: package folder and test.
var runners = map[string][]string{
	"bitstring-status":  {"statuslist TestBitstringVectors", "statuslist TestEncodedLists", "verify TestBitstringSuite", "verify TestEncodedLists"},
	"case":              {"framework TestCASEVectors"},
	"clr1":              {"verify TestVectors", "upgrade TestCLR"},
	"clr20":             {"verify TestVectors", "dataintegrity TestObserved"},
	"credential-schema": {"schema TestCredentialSchemaVectors"},
	"dcc":               {"verify TestVectors", "dataintegrity TestObserved"},
	"dcc-wallets":       {"verify TestVectors", "dataintegrity TestObserved"},
	"di-ecdsa":          {"verify TestVectors", "dataintegrity TestSigningVectors"},
	"di-eddsa":          {"verify TestVectors", "dataintegrity TestSigningVectors"},
	"di-proof-chain":    {"verify TestVectors", "dataintegrity TestPreviousProof"},
	"did-key":           {"did TestDIDKeyVectors", "multibase TestDIDKeyVectors"},
	"documents":         {"internal/vectors TestDocuments", "did TestControllerDocuments", "statuslist TestListDocuments"},
	"jose":              {"vcjose TestJOSE", "verify TestJOSEVectors"},
	"json/vc":           {"verify TestBent", "ijson TestBentCredentials"},
	"jsonld-expand":     {"jsonld TestExpandSuite"},
	"jsonld-tordf":      {"jsonld TestToRDFSuite"},
	"jwt-vc":            {"vcjose TestJWTVC", "verify TestVectors"},
	"ler-rs":            {"verify TestVectors"},
	"ob20":              {"verify TestVectors", "verify TestHosted", "upgrade TestDetectVectors", "bake TestVectors"},
	"ob30":              {"verify TestVectors", "dataintegrity TestObserved", "bake TestVectors"},
	"oneroster":         {"internal/roster TestGoldenTables"},
	"pesc":              {"internal/roster TestPESC"},
	"rdfc10":            {"rdf TestVectors"},
	"samples":           {"issue TestSamplesToIssue", "verify TestSampleVectors"},
	"vcdm20":            {"vc TestVectors", "issue TestDataModelVectors", "internal/api TestSuiteDataModel"},
}

// TestEverySuiteIsRun: no suite lies there without a test that runs it.
func TestEverySuiteIsRun(t *testing.T) {
	root := filepath.Join(vectors.Root(t), "vectors")
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "manifest.json" {
			return err
		}
		suite, err := filepath.Rel(root, filepath.Dir(path))
		found[filepath.ToSlash(suite)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for suite := range found {
		if len(runners[suite]) == 0 {
			t.Errorf("no test runs the suite %s", suite)
		}
	}
	for suite, tests := range runners {
		if !found[suite] {
			t.Errorf("the suite %s is not there", suite)
		}
		for _, name := range tests {
			mustExist(t, name)
		}
	}
}

// mustExist fails unless the module has the test, given as "folder TestName" or "folder TestName/part".
func mustExist(t *testing.T, name string) {
	t.Helper()
	folder, test, _ := strings.Cut(name, " ")
	test, part, _ := strings.Cut(test, "/")
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(`)
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(src) && strings.Contains(string(src), part) {
			return
		}
	}
	t.Errorf("there is no test %s", name)
}
