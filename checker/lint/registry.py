"""The table of checks. An id is for ever; `docs/lint.md` shows each with an example."""

from __future__ import annotations

from collections.abc import Mapping

from checker.lint import (
    alike,
    chains,
    dead,
    ground,
    ignores,
    timing,
    trials,
    unused,
    wordings,
)
from checker.lint.finding import Check
from checker.lint.solved import checks as solved

# Found by the runner, who alone knows what the other checks found.
UNUSED_IGNORE = Check(
    "unused-ignore",
    "warning",
    "a comment that accepts findings of which there are none",
    "remove the comment, or correct the id in it",
    None,
)

_LISTED = (
    # --- declared, and then what?
    Check(
        "unused-type",
        "warning",
        "a type or an action that no rule reads",
        "remove it, or write the rule that reads it; an action that needs no rule says `free: yes`",
        unused.unused_types,
    ),
    Check(
        "unused-field",
        "warning",
        "a field that no rule reads",
        "remove it, or test it in the rule it was meant for",
        unused.unused_fields,
    ),
    Check(
        "unused-value",
        "note",
        "an option of a field that neither a rule nor a test names",
        "remove it, or add a test that shows what follows from it",
        unused.unused_values,
    ),
    Check(
        "unused-reading",
        "warning",
        "a reading on which no rule depends",
        "remove it, or mark what is part of it with `reading: {question: option}`",
        unused.unused_readings,
    ),
    Check(
        "unused-source",
        "note",
        "a source that nobody cites",
        "cite it where a rule rests on it, or remove it",
        unused.unused_sources,
    ),
    Check(
        "lone-variable",
        "warning",
        "a variable that a rule names only once, so that it joins nothing",
        "correct its name, or leave the field out of the pattern",
        unused.lone_variables,
    ),
    Check(
        "misspelt-name",
        "warning",
        "a name in a rule that is known nowhere else and almost that of something known",
        "correct it; or declare it under `names`",
        unused.misspelt_names,
    ),
    # --- never comes to anything
    Check(
        "dead-rule",
        "error",
        "a rule that can never fire",
        "correct the tests that exclude each other, or remove the rule",
        dead.dead_rules,
    ),
    Check(
        "dead-part",
        "warning",
        "an exception, a branch, an `absent` or a `count` that never finds anything",
        "correct the tests that exclude each other, or remove this part",
        dead.dead_parts,
    ),
    Check(
        "impossible-demand",
        "error",
        "a condition or a duty that nothing can meet",
        "correct the tests that exclude each other; what is never allowed is written with `forbids`",
        dead.impossible_demands,
    ),
    Check(
        "impossible-test",
        "error",
        "a test that no value passes",
        "correct the value or the test",
        dead.impossible_tests,
    ),
    Check(
        "undeclared-value",
        "error",
        "a comparison with a word that the field can't have",
        "write one of the options that the type declares, or declare this one",
        dead.undeclared_values,
    ),
    Check(
        "unbreakable-rule",
        "warning",
        "a rule that nothing can break",
        "ask for something that `when` does not settle already",
        dead.unbreakable_rules,
    ),
    Check(
        "idle-override",
        "error",
        "a permission or special rule for other actions than those of the rule it displaces",
        "bind `$action` in a pattern of the action that the displaced rule speaks of",
        dead.idle_overrides,
    ),
    # --- says what another says
    Check(
        "swallowed-rule",
        "error",
        "an exception or a permission that holds wherever its rule speaks",
        "narrow the exception, or remove the rule",
        alike.swallowed_rules,
    ),
    Check(
        "duplicate-rule",
        "warning",
        "a rule that does the same as another",
        "remove one of them, or write what sets them apart",
        alike.duplicate_rules,
    ),
    Check(
        "conflicting-limits",
        "warning",
        "two rules that ask for the same with different limits, and no reading that parts them",
        "keep one limit; where lawyers differ, declare a reading and mark each rule with its option",
        alike.conflicting_limits,
    ),
    # --- time
    Check(
        "endless-chain",
        "warning",
        "a rule that concludes ever more from its own conclusions",
        "bound the number in `when`, or conclude a day that moves forward with it",
        chains.endless_chains,
    ),
    Check(
        "impossible-date",
        "error",
        "a time that ends before it begins, or a sum that is no day of the calendar",
        "correct the day, or the pack's `rounding`",
        timing.impossible_dates,
    ),
    Check(
        "mixed-units",
        "error",
        "a duration in days that is held against one in months",
        "write both in months (a year is twelve), or both in days",
        timing.mixed_units,
    ),
    Check(
        "days-for-years",
        "warning",
        "a year written as 365 days",
        "write the years, such as `P1Y`; or say beside it why days are meant",
        timing.days_for_years,
    ),
    # --- ground
    Check(
        "uncited-rule",
        "warning",
        "a rule that cites no source",
        "add `cites:` with the source that it rests on",
        ground.uncited_rules,
    ),
    Check(
        "rule-without-clause",
        "warning",
        "a rule that belongs to no clause of the register",
        "add `clause:`; a clause not known yet goes into the register first",
        ground.rules_without_clause,
    ),
    Check(
        "long-quote",
        "warning",
        "a quotation longer than a line",
        "quote the few words that decide, and paraphrase the rest in `title`",
        ground.long_quotes,
    ),
    Check(
        "basis-above-source",
        "error",
        "a rule that claims to rest on more than its sources give",
        "lower `basis:` to that of the source, or cite the source that gives more",
        ground.bases_above_sources,
    ),
    Check(
        "severity-above-basis",
        "warning",
        "a rule more severe than its basis allows: `sibling` warns, `roadmap-2021` notes",
        "lower `severity:`, or give the basis and the source that carry it",
        ground.severities_above_bases,
    ),
    Check(
        "clause-status",
        "warning",
        "a clause called encoded that no rule belongs to, or the other way round",
        "correct `encoded:`, or the `clause:` of the rule",
        ground.clause_statuses,
    ),
    # --- words
    Check(
        "missing-translation",
        "warning",
        "a text that lacks a language of the pack's title",
        "translate it; the languages of the pack's title are those of the pack",
        wordings.missing_translations,
    ),
    Check(
        "uneven-translation",
        "warning",
        "a message that tells other values in one language than in English",
        "fill in the same variables in every language",
        wordings.uneven_translations,
    ),
    # --- tests
    Check(
        "untested-rule",
        "warning",
        "a rule of severity `error` that no test names",
        "add a case to `tests/` that breaks it, and one that just does not",
        trials.untested_rules,
    ),
    Check(
        "vacuous-test",
        "warning",
        "a test that expects silence of a rule which its case can't concern",
        "put into the case what the rule speaks of, or expect something else",
        trials.vacuous_tests,
    ),
    Check(
        "failing-test",
        "error",
        "a test that fails",
        "correct the rule, or what the test expects",
        trials.failing_tests,
        needs="test results",
    ),
    Check(
        "unseen-breach",
        "warning",
        "a rule of severity `error` that no test sees broken",
        "add a case that breaks it",
        trials.unseen_breaches,
        needs="test results",
    ),
    # --- looked into with the solver
    Check(
        "idle-rule",
        "error",
        "a rule that no case makes speak, or wherever it does an exception holds",
        "correct what excludes each other, or remove the rule",
        solved.idle_rules,
        needs="solver",
    ),
    Check(
        "unkeepable-rule",
        "error",
        "a condition or a duty that is broken wherever it is asked for",
        "correct what it asks for; what is never allowed is written with `forbids`",
        solved.unkeepable_rules,
        needs="solver",
    ),
    Check(
        "unbroken-rule",
        "warning",
        "a rule that no case breaks",
        "ask for something that `when` does not settle already",
        solved.unbroken_rules,
        needs="solver",
    ),
    Check(
        "contradiction",
        "error",
        "two rules of one action that can't both be kept",
        "let one displace the other (`instead-of:`, `overrides:`), or narrow one of them",
        solved.contradictions,
        needs="solver",
    ),
    Check(
        "equal-rules",
        "warning",
        "two rules that are broken in the same cases",
        "remove one of them, or write what sets them apart",
        solved.equal_rules,
        needs="solver",
    ),
    Check(
        "shadowed-rule",
        "note",
        "a rule that is broken only where another of the same clause is, no less severe and no less founded",
        "remove it, or say beside it what it adds",
        solved.shadowed_rules,
        needs="solver",
    ),
    Check(
        "broken-property",
        "error",
        "a property under `always:` that a case breaks which keeps every rule",
        "write the rule that sees to it, or correct the property; the case can join the tests",
        solved.broken_properties,
        needs="solver",
    ),
    Check(
        "unproven-property",
        "warning",
        "a property under `always:` of which it is not known whether it holds",
        "say it of less at once, or of what the rules look at; or accept it and have tests look after it",
        solved.unproven_properties,
        needs="solver",
    ),
    Check(
        "gap",
        "warning",
        "an option of an action's field with which no rule speaks of the action",
        "write the rule, or remove the option; what needs no rule can be permitted in so many words",
        solved.gaps,
        needs="solver",
    ),
    # --- findings accepted
    UNUSED_IGNORE,
    Check(
        "unexplained-ignore",
        "warning",
        "a comment that accepts findings without saying why",
        "write the reason after the bracket",
        ignores.unexplained,
    ),
)

# What these find in a rule the solver would find again, in other words.
ABOUT_MEANING = frozenset({
    "dead-rule", "dead-part", "impossible-demand", "impossible-test", "undeclared-value", "unbreakable-rule",
    "swallowed-rule", "duplicate-rule", "conflicting-limits", "impossible-date", "lone-variable",
})  # fmt: skip

CHECKS: Mapping[str, Check] = {check.id: check for check in _LISTED}
