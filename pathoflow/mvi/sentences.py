"""Every sentence that grading says, in English and in Chinese, side by side.

English is what result.json and case.json keep; the reports say both.
"""
# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)

from __future__ import annotations

from pathoflow.mvi.case_sentences import CASE_TEXTS
from pathoflow.mvi.language import Catalogue, Language, Phrase, Sentence, Text

SENTENCES = Catalogue(
    {
        # --- the headline: what was counted, and the grade that follows ---
        "headline": Text("{clauses}: {verdict}.", "{clauses}：{verdict}。"),
        "undetermined": Text("undetermined, {grades}", "未能确定，可能为 {grades}"),
        "grades": Text("{grades}", "{grades}"),
        "count.none": Text("No invaded vessel is counted", "未计入受侵血管"),
        "count.vessels": Text("{n} invaded vessels", "受侵血管 {n} 个", one="{n} invaded vessel"),
        "near.it": Text("within {limit} of the tumour{farthest}", "距肿瘤 {limit} 以内{farthest}"),
        "near.all": Text(
            "all within {limit} of the tumour{farthest}", "均距肿瘤 {limit} 以内{farthest}"
        ),
        "near.some": Text(
            "{some} of them within {limit} of the tumour{farthest}",
            "其中 {some} 个距肿瘤 {limit} 以内{farthest}",
        ),
        "far.it": Text(
            "farther than {limit} from the tumour{farthest}", "距肿瘤超过 {limit}{farthest}"
        ),
        "far.all": Text(
            "all farther than {limit} from the tumour{farthest}", "均距肿瘤超过 {limit}{farthest}"
        ),
        "far.some": Text(
            "{some} of them farther than {limit} from the tumour{farthest}",
            "其中 {some} 个距肿瘤超过 {limit}{farthest}",
        ),
        "open.it": Text("at an unknown distance", "距离不明"),
        "open.all": Text("all at an unknown distance", "距离均不明"),
        "open.some": Text("{some} of them at an unknown distance", "其中 {some} 个距离不明"),
        "farthest": Text(" (farthest {um})", "（最远 {um}）"),
        "farthest.only": Text(" ({um})", "（{um}）"),
        "farthest.by_location": Text(" by location, not measured", "（据部位，未测量）"),
        "cells.none": Text("tumour cells not counted", "癌细胞未计数"),
        "cells.over_50": Text(
            "over 50 tumour cells in one vessel, not counted singly",
            "单个血管内癌细胞超过 50 个，未逐个计数",
        ),
        "cells.up_to_50": Text(
            "at most 50 tumour cells in a vessel, not counted singly{missing}",
            "单个血管内癌细胞不超过 50 个，未逐个计数{missing}",
        ),
        "cells.most": Text(
            "up to {n} tumour cells in one vessel{between}{missing}",
            "单个血管内癌细胞最多 {n} 个{between}{missing}",
            one="up to {n} tumour cell in one vessel{between}{missing}",
        ),
        "cells.between": Text(" (between {low} and {high})", "（{low} 至 {high} 个）"),
        "cells.missing": Text(", {count} not counted", "，另有 {count} 个血管未计数"),
        "wall.none": Text("none with a muscular wall{missing}", "均无肌性管壁{missing}"),
        "wall.some": Text("{count} with a muscular wall{missing}", "{count} 个有肌性管壁{missing}"),
        "wall.missing": Text(", {count} not stated", "，{count} 个未注明"),
        "kinds": Text(
            "{portal} portal or capsular and {hepatic} hepatic{other}",
            "门静脉分支（含包膜） {portal} 个，肝静脉分支 {hepatic} 个{other}",
        ),
        "kinds.other": Text(", {count} neither", "，其他或不明 {count} 个"),
        "tumour.solitary": Text("taken as solitary", "按单发计"),
        "tumour.count": Text("{n} tumours", "肿瘤 {n} 个", one="{n} tumour"),
        "tumour.unsized": Text("{number}, size unknown", "{number}，大小不明"),
        "tumour.sized": Text(
            "{number}, largest {mm} mm ({side})", "{number}，最大者 {mm} mm（{side}）"
        ),
        "side.to_20_mm": Text("to 20 mm", "不超过 20 mm"),
        "side.over_20_mm": Text("over 20 mm", "超过 20 mm"),
        "side.to_50_mm": Text("to 50 mm", "不超过 50 mm"),
        "side.over_50_mm": Text("over 50 mm", "超过 50 mm"),
        # --- vessels that are not sure ---
        "uncertain.same": Text(
            "{n} further vessels are uncertain; the grade is {without} with or without them.",
            "另有 {n} 个血管不确定；无论是否计入，分级均为 {without}。",
            one="{n} further vessel is uncertain; the grade is {without} with or without it.",
        ),
        "uncertain.changes": Text(
            "{n} further vessels are uncertain: without them {without}, with all of them {with_all}.",
            "另有 {n} 个血管不确定：不计入时为 {without}，全部计入时为 {with_all}。",
            one="{n} further vessel is uncertain: without it {without}, with it {with_all}.",
        ),
        "left_out": Text(
            "{n} vessels inside the tumour were left out of the count.",
            "肿瘤内的 {n} 个血管未计入。",
            one="{n} vessel inside the tumour was left out of the count.",
        ),
        # --- what to find out ---
        "blank.distance": Text(
            "The distance of {n} vessels is unknown: measure it, or state whether the block was cut "
            "near the tumour or far from it.",
            "{n} 个血管与肿瘤的距离不明：请测量，或注明该蜡块取自近癌旁还是远癌旁。",
            one="The distance of {n} vessel is unknown: measure it, or state whether the block was cut "
            "near the tumour or far from it.",
        ),
        "blank.cells": Text(
            "The tumour cells of {n} vessels are not counted.",
            "{n} 个血管内的癌细胞未计数。",
            one="The tumour cells of {n} vessel are not counted.",
        ),
        "blank.wall": Text(
            "Whether {n} vessels have a muscular wall is not stated.",
            "未注明 {n} 个血管是否有肌性管壁。",
            one="Whether {n} vessel has a muscular wall is not stated.",
        ),
        "blank.kind": Text(
            "{n} vessels are stated neither as a portal nor as a hepatic vein.",
            "{n} 个血管未注明属门静脉还是肝静脉。",
            one="{n} vessel is stated neither as a portal nor as a hepatic vein.",
        ),
        "blank.size": Text("The size of the tumour is not stated.", "未注明肿瘤大小。"),
        "cap.entry": Text(
            "The protocol's entry for this is: cannot be determined.",
            "按该报告规范，此项应填：无法确定。",
        ),
        # --- numbers at a step of the rule ---
        "border.distance": Text(
            "The farthest distance, {um}, lies at the limit of {limit}; shrinkage of tissue in "
            "processing makes the side of the limit unsure.",
            "最远距离 {um} 处于 {limit} 的界值附近；组织处理中的收缩使其属于界值哪一侧并不确定。",
        ),
        "border.vessels": Text(
            "{n} vessels: the rule turns between {last_few} and {next}, so one more or less may "
            "change the grade.",
            "血管 {n} 个：规则在 {last_few} 与 {next} 之间改变，多一个或少一个都可能改变分级。",
            one="{n} vessel: the rule turns between {last_few} and {next}, so one more or less may "
            "change the grade.",
        ),
        "border.cells": Text(
            "{n} cells: the rule turns between {last_few} and {next}, so one more or less may "
            "change the grade.",
            "癌细胞 {n} 个：规则在 {last_few} 与 {next} 之间改变，多一个或少一个都可能改变分级。",
            one="{n} cell: the rule turns between {last_few} and {next}, so one more or less may "
            "change the grade.",
        ),
        # --- remarks ---
        "recalled": Text(
            "The wording of this rule was not checked against its publication.",
            "该规则的措辞尚未与原始文献核对。",
        ),
        "block_site": Text(
            "{n} vessels placed near or far by the block, without a measured distance.",
            "{n} 个血管按蜡块取材部位归为近癌旁或远癌旁，未测量距离。",
            one="{n} vessel placed near or far by the block, without a measured distance.",
        ),
        "contradiction": Text(
            "The distance of vessel {vessels} disagrees with the stated location; the distance was used.",
            "血管 {vessels} 的距离与注明的部位不符；以距离为准。",
        ),
        "not_published": Text(
            "Near was set to {near}; the publication uses 10 mm.",
            "“近癌旁”的界值设为 {near}；原文献为 10 mm。",
        ),
        # --- proposals of the machine ---
        "proposal.unreviewed": Text(
            "This is the program's proposal from candidates that no reader has reviewed.",
            "此为程序依据候选血管给出的建议，尚无病理医师复核。",
        ),
        "proposal.candidates": Text(
            "{called} called invaded and {listed} listed as uncertain; the sentences below treat them so.",
            "{called}判为受侵，{listed}列为不确定；下列各句均据此。",
        ),
        "proposal.called": Text("{n} candidates", "{n} 个候选", one="{n} candidate"),
        "proposal.listed": Text("{n} more candidates", "另有 {n} 个候选", one="{n} more candidate"),
        "proposal.none": Text(
            "No candidate was found; that no vessel is invaded holds only after a reader confirms it.",
            "未发现候选血管；须经病理医师确认后方可认为无血管受侵。",
        ),
        # --- words of grades ---
        "grade.none": Text("none", "无"),
        "grade.mild": Text("mild", "轻度"),
        "grade.severe": Text("severe", "重度"),
        "grade.low": Text("low", "低"),
        "grade.high": Text("high", "高"),
        "grade.portal": Text("portal", "仅门静脉"),
        "grade.hepatic": Text("hepatic", "累及肝静脉"),
        "grade.not identified": Text("not identified", "未见"),
        "grade.present, small vessel": Text("present, small vessel", "有，小血管"),
        **CASE_TEXTS,
    }
)


def grade_word(grade: str) -> Sentence:
    """A grade as it is said: words are translated, symbols such as M2a stay."""
    key = f"grade.{grade}"
    return Phrase(key) if key in SENTENCES else grade


def say(sentence: Sentence, language: Language = "en") -> str:
    """Put one of these sentences into words."""
    return SENTENCES.say(sentence, language)
