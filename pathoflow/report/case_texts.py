"""The texts of the case report, in English and in Chinese; part of `pathoflow.report.texts`."""
# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)

from __future__ import annotations

from pathoflow.mvi.language import Text

CASE_TEXTS: dict[str, Text] = {
    "case.kind": Text("Microvascular invasion (MVI), case report", "微血管侵犯（MVI）病例报告"),
    "case.stage.proposed": Text(
        "Not reviewed: the program's proposal, not a grade.", "未经复核：程序建议，不是分级。"
    ),
    "case.stage.in_review": Text("In review: not a final grade.", "复核中：非最终分级。"),
    "case.stage.ready": Text("Reviewed, ready to sign.", "复核完毕，可签发。"),
    "case.counts": Text(
        "{n} slides expected, {analysed} analysed{rest}.",
        "应有切片 {n} 张，已分析 {analysed} 张{rest}。",
        one="{n} slide expected, {analysed} analysed{rest}.",
    ),
    "case.counts.failed": Text(", {count} failed", "，失败 {count} 张"),
    "case.counts.missing": Text(", {count} not analysed", "，未分析 {count} 张"),
    "case.counts.left_out": Text(", {count} left out", "，不计入 {count} 张"),
    "case.area": Text(
        "{candidates} on {area} of tissue, {excluded} excluded.",
        "组织面积 {area}（排除 {excluded}），{candidates}。",
    ),
    "case.candidates": Text("{n} candidates", "候选 {n} 个", one="{n} candidate"),
    "case.no_grade": Text("No grade", "不予分级"),
    # --- sections ---
    "section.case_rows": Text("Report items", "报告条目"),
    "section.blockers": Text("What blocks signing", "签发前须解决"),
    "section.sampling": Text("Sampling", "取材"),
    "section.tumours": Text("Tumours", "各肿瘤"),
    "section.systems": Text("Grading systems side by side", "各分级体系对照"),
    "section.slides": Text("Slides", "切片"),
    "section.case_vessels": Text("Vessels", "血管明细"),
    "section.remarks": Text("Remarks", "说明"),
    "blockers.none": Text("Nothing blocks signing.", "无妨碍签发事项。"),
    # --- the structured report ---
    "rows.caption.proposed": Text(
        "Vessels that the program calls invaded; none is confirmed",
        "程序判为受侵的血管；均未经确认",
    ),
    "rows.caption.in_review": Text(
        "Vessels accepted so far; the review is not finished", "目前已确认的受侵血管；复核未完成"
    ),
    "rows.caption.ready": Text("Invaded vessels", "受侵血管"),
    "rows.portal": Text("Portal branch (incl. capsule)", "门静脉分支（含包膜内血管）"),
    "rows.hepatic": Text("Hepatic vein branch", "肝静脉分支"),
    "rows.artery": Text("Hepatic artery branch", "肝动脉分支"),
    "rows.lymphatic": Text("Lymphatic", "淋巴管"),
    "rows.unknown": Text("Kind not stated", "类型未注明"),
    "column.vessels": Text("Vessels", "血管数目"),
    "column.farthest_mm": Text("Farthest distance", "最远距离"),
    "column.cells_box": Text("Suspended tumour cells", "悬浮癌细胞"),
    "rows.uncertain": Text("+{n} uncertain", "另 {n} 个不确定"),
    "rows.far_block": Text("{n} beyond {limit}, not measured", "{n} 个超过 {limit}，未测量"),
    "rows.near_block": Text("{n} within {limit}, not measured", "{n} 个在 {limit} 以内，未测量"),
    "rows.unknown_distance": Text("{n} unknown", "{n} 个不明"),
    "rows.up_to_50": Text("{n} with ≤ 50", "≤50 者 {n} 个"),
    "rows.over_50": Text("{n} with > 50", ">50 者 {n} 个"),
    "rows.undetermined": Text("{n} undetermined", "未定 {n} 个"),
    "rows.none": Text("–", "–"),
    "rows.grade": Text("MVI risk grade", "MVI 风险分级"),
    "rows.inside": Text("Inside the tumour, shown apart", "肿瘤内，另列"),
    "rows.inside.note": Text("{n}, not counted", "{n} 个，不计入"),
    # --- definitions of the Chinese guideline ---
    "define.M0": Text("no MVI", "未发现 MVI"),
    "define.M1": Text(
        "low risk: at most 5 MVI, all in liver within 1 cm of the tumour",
        "低危组：≤5 个 MVI，且均发生于近癌旁肝组织（≤1 cm）",
    ),
    "define.M2a": Text(
        "high risk: more than 5 MVI, all in liver within 1 cm of the tumour",
        "高危组：>5 个 MVI，且均发生于近癌旁肝组织（≤1 cm）",
    ),
    "define.M2b": Text(
        "high risk: MVI in liver farther than 1 cm from the tumour",
        "高危组：MVI 发生于远癌旁肝组织（>1 cm）",
    ),
    # --- sampling ---
    "sampling.points": Text("{n} of 7 points covered", "七点取材已覆盖 {n} 点"),
    "sampling.complete": Text("The seven-point sampling is covered.", "七点基线取材已全部覆盖。"),
    "sampling.hours": Text(
        "Which hour an interface block lies at is not stated; points are filled in order.",
        "交界处蜡块所在钟点未注明；按顺序填充。",
    ),
    "sampling.source": Text(
        "Seven-point baseline protocol: 4 interface (12, 3, 6, 9 o'clock), 1 centre, 1 near, 1 far.",
        "七点基线取材法：癌与癌旁交界 4 点（12、3、6、9 点钟），肿瘤中央 1 点，近癌旁 1 点，远癌旁 1 点。",
    ),
    "clock.tumour_centre": Text("centre", "中央"),
    "clock.near": Text("near ≤ 1 cm", "近癌旁 ≤1 cm"),
    "clock.far": Text("far > 1 cm", "远癌旁 >1 cm"),
    "clock.interface": Text("interface", "交界"),
    "site.interface": Text("interface", "癌与癌旁交界"),
    "site.near": Text("near", "近癌旁"),
    "site.far": Text("far", "远癌旁"),
    "site.tumour_centre": Text("tumour centre", "肿瘤中央"),
    "site.margin": Text("margin", "切缘"),
    "site.": Text("site not stated", "部位未注明"),
    # --- slides ---
    "strip.left_out": Text("left out", "不计入"),
    "strip.block": Text("block {block}", "蜡块 {block}"),
    # --- tumours ---
    "column.tumour": Text("Tumour", "肿瘤"),
    "column.slides": Text("Slides", "切片数"),
    "tumours.unnamed": Text("not named", "未注明"),
    "tumours.none_yet": Text("none counted so far", "目前未计入"),
    # --- vessels ---
    "column.slide": Text("Slide", "切片"),
    "column.vessel": Text("Vessel", "血管"),
    "column.role": Text("Status", "状态"),
    "column.distance": Text("Distance", "距离"),
    "column.cells": Text("Tumour cells", "癌细胞"),
    "column.location": Text("Location", "部位"),
    "role.counted": Text("counted", "计入"),
    "role.uncertain": Text("uncertain", "不确定"),
    "role.unseen": Text("not seen yet", "未判读"),
    "role.rejected": Text("rejected", "不是 MVI"),
    "role.linked": Text("same vessel as {other}", "与 {other} 为同一血管"),
    "role.excluded": Text("left out", "不计入"),
    "role.intratumoral": Text("inside the tumour", "肿瘤内"),
    "vessels.none": Text(
        "No candidate was found on the slides analysed.", "已分析切片中未发现候选血管。"
    ),
    "vessels.more": Text(
        "{n} more vessels are listed in case.json.", "另有 {n} 个血管列于 case.json。"
    ),
    # --- systems ---
    "rule.NHC": Text(
        "China, four tiers: number, and near or far", "国家卫健委指南，四级：数目与远近"
    ),
    "rule.TCGP": Text("China 2015, three tiers", "中国抗癌协会 2015，三级"),
    "rule.Sumie": Text("Number: 1 to 5, or more", "数目：1–5 个或更多"),
    "rule.Iguchi": Text(
        "More than 50 cells in a vessel, and several vessels",
        "单管癌细胞 >50 个且受侵血管多于 1 个",
    ),
    "rule.SNUH": Text(
        "At least 5 vessels, or at least 50 cells", "受侵血管 ≥5 个，或癌细胞 ≥50 个"
    ),
    "rule.Roayaie": Text("Muscular wall, and beyond 1 cm", "肌性管壁；超过 1 cm"),
    "rule.Eguchi": Text("Portal or hepatic vein", "门静脉或肝静脉"),
    "rule.CAP": Text("Present or not", "有或无"),
    "rule.AJCC8": Text("Stage T, 8th edition", "T 分期，第 8 版"),
    "flag.at_threshold": Text("at threshold", "处于界值"),
    # --- provenance ---
    "case.criteria": Text("Near is up to {near} from the tumour", "近癌旁界值：距肿瘤 {near}"),
    "case.inside": Text("Vessels inside the tumour are counted.", "肿瘤内血管计入。"),
    "case.not_inside": Text("Vessels inside the tumour are not counted.", "肿瘤内血管不计入。"),
}
