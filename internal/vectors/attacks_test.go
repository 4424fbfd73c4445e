package vectors_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

// attacks names, for every attack of the sections J, P, L, C, S, N and I of the list, the test that tries it; or, after
// a dash, why there is none.
var attacks = map[string]string{
	"J01": "verify TestTokenAttacks/J01",
	"J02": "verify TestTokenAttacks/J02",
	"J03": "verify TestTokenAttacks/J03",
	"J04": "verify TestTokenAttacks/J04",
	"J05": "verify TestTokenAttacks/J05",
	"J06": "verify TestTokenAttacks/J06",
	"J07": "did TestForgedIssuers/J07",
	"J08": "fetch TestCache",
	"J09": "verify TestTokenAttacks/J09",
	"J10": "verify TestTokenAttacks/J10",
	"J11": "jose TestWycheproofJWS",
	"J12": "key TestJ12_ECDSAEdges",
	"J13": "internal/store TestHeldIsKeptOnce",
	"J14": "key TestWycheproofEd25519",
	"J15": "key TestJ15_WeakEd25519Keys",
	"J16": "key TestJ16_WeakRSA",
	"J17": "jose TestWycheproofJWK",
	"J18": "jose TestWycheproofJWS",
	"J19": "jose TestWycheproofJWS",
	"J20": "jose TestParseRefuses",
	"J21": "verify TestTokenAttacks/J21",
	"J22": "verify TestTokenAttacks/J22",
	"J23": "verify TestTokenAttacks/J23",
	"J24": "- the verifier takes bytes and reads what the signature covers; it knows no decoded object beside a token",
	"J25": "jose TestParseRefuses",
	"J26": "- a mutation of the source is no test of this suite; each error path of the verifier has a case with its own code",
	"J27": "- there is no path that signs bytes of a stranger: audit heads are hashes, tokens and credentials are built by the signer",
	"J28": "- comparisons are crypto/subtle and of hashes; a measurement of time would be a flaky test",
	"P01": "verify TestKeyAttacks/P01",
	"P02": "verify TestKeyAttacks/P02",
	"P03": "verify TestKeyAttacks/P03",
	"P04": "verify TestKeyAttacks/P04",
	"P05": "verify TestKeyAttacks/P05",
	"P06": "dataintegrity TestKeyTypes",
	"P07": "verify TestTampering/one good seal and one bad",
	"P08": "dataintegrity TestChains",
	"P09": "verify TestBent",
	"P10": "dataintegrity TestEditedOptions",
	"P11": "verify TestTampering/a seal of the future",
	"P12": "dataintegrity TestMalformedProofs",
	"P13": "dataintegrity TestHostileCBOR",
	"P14": "dataintegrity TestContextOfProof",
	"L01": "verify TestBent",
	"L02": "verify TestBent",
	"L03": "verify TestBent",
	"L04": "verify TestBent",
	"L05": "verify TestBent",
	"L06": "verify TestBent",
	"L07": "verify TestBent",
	"L08": "verify TestBent",
	"L09": "verify TestTampering/undefined term",
	"L10": "verify TestContentAttacks/L10",
	"L11": "verify TestContentAttacks/L11",
	"L12": "verify TestBent",
	"L13": "verify TestContentAttacks/L13",
	"L14": "- the same graph in another tree is the same statement under another proof; what is shown comes from the tree, whose ids schema and subject checks hold",
	"L15": "verify TestContentAttacks/L15",
	"L16": "dataintegrity TestPoison",
	"L17": "verify TestBent",
	"L18": "jsonld TestEmbeddedContexts",
	"L19": "ijson TestJCSVectors",
	"L20": "verify TestUncovered",
	"C01": "verify TestTampering/foreign subject",
	"C02": "verify TestWildRecords/subject by identifier",
	"C03": "verify TestWildRecords/part expired",
	"C04": "verify TestTampering/child's seal stripped",
	"C05": "verify TestContentAttacks/C05",
	"C06": "verify TestWildRecords/relation to nowhere",
	"C07": "verify TestContentAttacks/C07",
	"C08": "verify TestTimestamps",
	"C09": "verify TestContentAttacks/C09",
	"C10": "- the issuer shown is the one whose key signed; the creator is shown as a member of the achievement",
	"C11": "trust TestResembles",
	"C12": "verify TestContentAttacks/C12",
	"C13": "ob TestIdentityHash",
	"C14": "verify TestContentAttacks/C14",
	"C15": "schema TestForeignSchemaFetchesNothingAndEnds",
	"C16": "internal/server TestUpsert",
	"C17": "verify TestRefresh",
	"C18": "present TestOtherOccasion",
	"C19": "present TestUnsigned",
	"C20": "- a picture or piece of evidence is never fetched by the verifier, and is called not covered",
	"C21": "verify TestTampering/result off the scale",
	"C22": "verify TestHostedElsewhere",
	"S01": "statuslist TestDecodeLimits",
	"S02": "verify TestStatusIndex",
	"S03": "verify TestListAttacks/S03",
	"S04": "verify TestListAttacks/S04",
	"S05": "verify TestListAttacks/S05",
	"S06": "verify TestListAttacks/S06",
	"S07": "verify TestListAttacks/S07",
	"S08": "verify TestListAttacks/S08",
	"S09": "verify TestListAttacks/S09",
	"S10": "verify TestNothingIsFetchedForAForgery",
	"S11": "verify TestListAttacks/S11",
	"S12": "- the places are drawn at random by the registrar and the verifier asks for whole lists; a statistic would be a flaky test",
	"S13": "internal/registrar TestTwoNodesIssueAtOnce",
	"S14": "internal/store TestTheAuditChainHoldsUnderRaces",
	"S15": "verify TestListAttacks/S15",
	"N01": "fetch TestN01_Targets",
	"N02": "fetch TestN02_TestN03_Names",
	"N03": "fetch TestN02_TestN03_Names",
	"N04": "fetch TestN04_Redirects",
	"N05": "fetch TestN13_NothingIsGivenAway",
	"N06": "fetch TestN06_Limits",
	"N07": "fetch TestStatusAndTypes",
	"N08": "did TestN08_DIDWebForms",
	"N09": "fetch TestN09_TLS",
	"N10": "verify TestBudget",
	"N11": "fetch TestN11_SingleFlight",
	"N12": "fetch TestStatusAndTypes",
	"N13": "fetch TestN13_NothingIsGivenAway",
	"N14": "internal/web TestHeaders",
	"N15": "internal/server TestConnectStaysOutside",
	"N16": "fetch TestParseCanonical",
	"N17": "fetch TestAddresses",
	"N18": "fetch TestFailuresAreRememberedBriefly",
	"I01": "internal/registrar TestRejectedRowsComeBackHarmless",
	"I02": "internal/roster TestRefused",
	"I03": "internal/roster TestRefused",
	"I04": "bake TestUnbakePNG",
	"I05": "bake TestUnbakeSVG",
	"I06": "bake TestUnbakePDF",
	"I07": "framework TestZIP",
	"I08": "internal/server TestBadUploads",
	"I09": "internal/web TestHeaders",
	"I10": "internal/registrar TestBadFilesLeaveNothing",
	"I11": "internal/registrar TestTheSameFileTwiceDoesNothing",
	"I12": "verify TestKeyAttacks/P01",
	"I13": "- sheets are read as a stream, under the limits of bytes, rows and cells that every table has",
	"I14": "- no importer takes JSON Lines or a list without a limit of bytes",
	"I15": "internal/registrar TestWhoMayDoWhat",
	"I16": "bake TestBakeUnbake",
}

// TestEveryAttackIsTried: no attack of the list is without its test or a reason.
func TestEveryAttackIsTried(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(vectors.Root(t), "product", "security-reliability.md"))
	if err != nil {
		// The list is a document beside the vectors, which may come without it; the tests that it names run all the same.
		t.Skip("SKIP: the list of attacks is not beside the vectors here; the tests that the table names run without it")
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([JPLCSNIAWKDO]\d\d) \|`).FindAllSubmatch(list, -1) {
		listed[string(m[1])] = true
	}
	if len(listed) < 220 {
		t.Errorf("%d attacks were found in the list", len(listed))
	}
	all := maps.Clone(attacks)
	maps.Copy(all, houseAttacks)
	for id := range listed {
		if all[id] == "" {
			t.Errorf("%s has neither a test nor a reason", id)
		}
	}
	for id, name := range all {
		if !listed[id] {
			t.Errorf("%s is not on the list", id)
		}
		if !strings.HasPrefix(name, "- ") {
			mustExist(t, name)
		}
	}
}
