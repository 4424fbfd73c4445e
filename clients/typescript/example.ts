// Reads, makes and verifies over the API. LAUREL_URL and LAUREL_KEY say where and with which key.
import { Laurel, LaurelProblem, type AwardOut } from "./laurel.js";

declare const process: { env: Record<string, string | undefined> };

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const laurel = new Laurel(process.env.LAUREL_URL ?? "", process.env.LAUREL_KEY);
console.log("a key of", (await laurel.aboutKey()).institution);

const issued: AwardOut[] = [];
for await (const a of laurel.every((q) => laurel.listAwards(q), { state: "issued", limit: "10" })) issued.push(a);
must(issued.length > 10, "the demonstration has more than a page of awards");

const first = issued[0]!;
const award = { person: first.person.id, achievement: first.achievement.id, awardedOn: "2026-05-20", term: "Spring 2026" };
const tried = await laurel.makeAwards({ awards: [award] }, { dryRun: "true" });
console.log("would be", tried.rows[0]!.state);
const made = await laurel.makeAwards({ awards: [award] }, {}, "example-ts");
must(JSON.stringify(await laurel.makeAwards({ awards: [award] }, {}, "example-ts")) === JSON.stringify(made), "a repeated request has the same answer");

const draft = await laurel.readAward(made.rows[0]!.award!);
must((await laurel.changeAward(draft.data.id, { term: "Summer 2026" }, draft.etag)).term === "Summer 2026", "the draft was changed");
try {
  await laurel.changeAward(draft.data.id, { term: "Autumn 2026" }, draft.etag);
  must(false, "a change of a version that is no more went through");
} catch (problem) {
  if (!(problem instanceof LaurelProblem)) throw problem;
  console.log(problem.status, problem.message);
}

const record = JSON.parse(new TextDecoder().decode(await laurel.readRecord(first.person.id)));
const report = (await laurel.verify({ inputs: [record] })) as { reports: { verdict: string }[] };
console.log("the record is", report.reports[0]!.verdict);
must(report.reports[0]!.verdict === "verified", "the record verifies");
