"""Every text of the reports that is not made by grading, in English and in Chinese, side by side."""
# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)

from __future__ import annotations

from pathoflow.mvi.language import Catalogue, Text
from pathoflow.report.case_texts import CASE_TEXTS

TEXTS = Catalogue(
    {
        # --- what stands on every page ---
        "notice": Text(
            "Research use only. Not a medical device; not for decisions about patients. "
            "Every candidate needs the eyes of a pathologist.",
            "仅供科研使用。非医疗器械，不得作为患者处置的依据。每一处候选均须病理医师亲眼复核。",
        ),
        "synthetic": Text(
            "Synthetic. The slide is painted, or the networks were trained on painted slides only: "
            "the figures on this page are synthetic and say nothing about real tissue.",
            "合成数据。切片为绘制而成，或所用网络仅以绘制切片训练：本页数字均为合成，不说明真实组织的情况。",
        ),
        "skip": Text("Skip to the answer", "跳至结论"),
        "licence": Text(
            "Open-source software, MIT licence, without warranty.",
            "开源软件，MIT 许可，不作任何担保。",
        ),
        "written": Text(
            "Written by pathoflow {version} from {source} (schema {schema}).",
            "由 pathoflow {version} 依据 {source}（格式 {schema}）生成。",
        ),
        "not_recorded": Text("(not recorded)", "（未记录）"),
        # --- statuses of slides ---
        "status.ok": Text("Analysed", "已分析"),
        "status.ok_with_warnings": Text("Analysed, with warnings", "已分析，有提示"),
        "status.failed": Text("Failed", "失败"),
        "status.excluded": Text("Excluded", "已排除"),
        "status.not_analysed": Text("Not analysed", "未分析"),
        "status.ok.sentence": Text("The whole slide was analysed.", "整张切片均已分析。"),
        "status.ok_with_warnings.sentence": Text(
            "Read the quality remarks before the figures.", "请先阅读质量提示，再看数字。"
        ),
        "status.failed.sentence": Text(
            "The slide could not be analysed; the quality remarks say why and what to do.",
            "切片未能分析；原因与处理办法见质量提示。",
        ),
        "status.excluded.sentence": Text(
            "The slide was left out; the quality remarks say why.", "该切片不计入；原因见质量提示。"
        ),
        # --- sections of the slide's page ---
        "slide.kind": Text(
            "Blood vessels and microvascular invasion, one slide",
            "血管与微血管侵犯（MVI），单张切片",
        ),
        "section.answer": Text("Answer", "结论"),
        "section.quality": Text("Quality", "质量"),
        "section.overview": Text("Overview", "概览"),
        "section.gallery": Text("Candidates", "候选血管"),
        "section.vessels": Text("All vessels", "全部血管"),
        "section.provenance": Text("Provenance", "来源"),
        # --- the answer box ---
        "answer.possible": Text("Possible:", "可能范围："),
        "answer.undetermined": Text("Undetermined:", "未能确定："),
        "answer.remain": Text("the grades above remain possible", "上列分级均有可能"),
        "answer.no_proposal": Text("No proposal", "无建议"),
        "answer.unreviewed": Text(
            "Not reviewed: a proposal, not a grade.", "未经复核：仅为建议，不是分级。"
        ),
        "answer.reviewed": Text(
            "Reviewed. The grade of the case is in the case report.", "已复核。病例分级见病例报告。"
        ),
        "answer.no_reasons": Text("No reasons were recorded.", "未记录理由。"),
        "answer.one_slide": Text(
            "MVI is graded for the case, from all its blocks; this page is about one slide.",
            "MVI 须综合全部蜡块对病例分级；本页仅涉及一张切片。",
        ),
        "answer.others": Text(
            "Other grading systems, unreviewed as well", "其他分级体系，同样未经复核"
        ),
        "answer.kinds": Text(
            "Candidates by kind of vessel, as the structured report asks",
            "按血管类型列出候选（结构化报告）",
        ),
        "column.system": Text("System", "体系"),
        "column.proposal": Text("Proposal", "建议"),
        "column.grade": Text("Grade", "分级"),
        "column.possible": Text("Possible", "可能范围"),
        "column.reasons": Text("Reasons", "理由"),
        "column.kind": Text("Kind", "血管类型"),
        "column.candidates": Text("Candidates", "候选数"),
        "column.farthest": Text("Farthest from the tumour edge", "距肿瘤边缘最远"),
        "column.most_cells": Text(
            "Most tumour cells in one vessel (interval)", "单个血管内癌细胞最多（区间）"
        ),
        "word.undetermined": Text("Undetermined", "未能确定"),
        "word.as_above": Text("as above", "同上"),
        "tick.yes": Text("ticked", "已勾选"),
        "tick.possible": Text("possible", "可能"),
        "tick.no": Text("not ticked", "未勾选"),
        # --- quality ---
        "column.severity": Text("Severity", "程度"),
        "column.code": Text("Code", "代码"),
        "column.found": Text("What was found", "所见"),
        "column.area": Text("Area", "面积"),
        "column.advice": Text("What to do", "处理办法"),
        "quality.none": Text("No quality remark was raised.", "无质量提示。"),
        "quality.hatched": Text(
            "Hatched areas were excluded or need care; vessels may lie in them.",
            "斜线区域已排除或须留意；其中可能有血管。",
        ),
        # --- overview ---
        "overview.toggle": Text("Show outlines and numbers", "显示轮廓与编号"),
        "overview.candidate": Text(
            "candidate vessel; its number leads to its picture", "候选血管；点编号可见其图像"
        ),
        "overview.vessel": Text("other vessel", "其他血管"),
        "overview.tumour": Text("tumour", "肿瘤"),
        "overview.no_tumour": Text("tumour (none outlined)", "肿瘤（未勾画）"),
        "overview.tissue": Text("tissue", "组织"),
        "overview.check": Text(
            "Check the tumour outline first: distances depend on it.",
            "请先核对肿瘤轮廓：距离以其为准。",
        ),
        "overview.none": Text(
            "There are no pictures of this slide in the result.", "结果中没有该切片的图像。"
        ),
        "overview.not_analysed": Text(
            "There are no pictures of this slide in the result, because it was not analysed.",
            "该切片未分析，因此结果中没有图像。",
        ),
        # --- gallery ---
        "gallery.lead": Text(
            "Most suspicious first. The score orders the candidates; it is uncalibrated, so it is not a "
            "probability. Point at a picture to hide its outline.",
            "最可疑者在前。分数仅用于排序，未经校准，不是概率。鼠标指向图像可隐藏轮廓。",
        ),
        "gallery.lead_calibrated": Text(
            "Most suspicious first. The number is a probability, calibrated on vessels that nothing was learned from "
            "(their names are in its reasons); on tissue unlike theirs it is only an order. Point at a picture to hide "
            "its outline.",
            "最可疑者在前。数值为概率，经未参与训练的血管校准（名称见理由）；对与之不同的组织仅表示顺序。鼠标指向图像可隐藏轮廓。",
        ),
        "gallery.missed": Text(
            "Vessels can be missed: look at portal tracts and capsule without aid as well.",
            "可能有漏检血管：请另行独立查看汇管区与包膜。",
        ),
        "gallery.toggle": Text("Show outlines", "显示轮廓"),
        "gallery.no_pictures": Text(
            "Their pictures are not in the result; their figures are in the table below.",
            "结果中没有其图像；数字见下表。",
        ),
        "gallery.cells": Text("Tumour cells (interval)", "癌细胞（区间）"),
        "gallery.score": Text("score", "分数"),
        "gallery.probability": Text("probability", "概率"),
        "gallery.why": Text("Why", "理由"),
        "gallery.figures": Text("All figures", "全部数字"),
        "fact.distance": Text("Distance to tumour edge", "距肿瘤边缘"),
        "fact.diameter": Text("Equivalent diameter", "等效直径"),
        "fact.lumen": Text("Tumour in lumen", "管腔内癌占比"),
        "fact.attachment": Text("Attachment", "附着方式"),
        "fact.location": Text("Location", "部位"),
        "fact.kind": Text("Kind", "血管类型"),
        # --- columns of the table of all vessels ---
        "table.number": Text("No.", "编号"),
        "table.id": Text("Id", "标识"),
        "table.p_mvi": Text("MVI score", "MVI 分数"),
        "table.cells": Text("Tumour cells", "癌细胞"),
        "table.interval": Text("Cells, interval", "癌细胞区间"),
        "table.lumen": Text("Tumour in lumen (%)", "管腔内癌占比 (%)"),
        "table.attachment": Text("Attachment", "附着方式"),
        "table.distance": Text("To tumour edge (mm)", "距肿瘤边缘 (mm)"),
        "table.method": Text("Distance method", "距离来源"),
        "table.diameter": Text("Equivalent diameter (µm)", "等效直径 (µm)"),
        "table.area": Text("Area (µm²)", "面积 (µm²)"),
        "table.kind": Text("Kind", "血管类型"),
        "table.location": Text("Location", "部位"),
        "table.p_vessel": Text("Vessel score", "血管分数"),
        "table.x": Text("Centre x (px)", "中心 x (px)"),
        "table.y": Text("Centre y (px)", "中心 y (px)"),
        "table.flags": Text("Flags", "标记"),
        # --- provenance ---
        "origin.networks": Text("Networks", "网络"),
        "origin.no_networks": Text("none recorded", "未记录"),
        "origin.settings": Text("Settings of this run", "本次运行的设置"),
        # --- words that results store ---
        "kind.portal": Text("portal", "门静脉分支"),
        "kind.hepatic": Text("hepatic", "肝静脉分支"),
        "kind.capsular": Text("capsular", "包膜内血管"),
        "kind.artery": Text("artery", "肝动脉分支"),
        "kind.lymphatic": Text("lymphatic", "淋巴管"),
        "kind.unknown": Text("unknown", "不明"),
        "location.intratumoral": Text("inside the tumour", "肿瘤内"),
        "location.capsular": Text("capsule", "包膜"),
        "location.peritumoral_near": Text("near", "近癌旁"),
        "location.peritumoral_far": Text("far", "远癌旁"),
        "location.unknown": Text("unknown", "不明"),
        "method.auto": Text("measured on the slide", "切片上测量"),
        "method.manual": Text("by hand", "人工"),
        "method.block_site": Text("from the block site", "据取材部位"),
        "method.None": Text("", ""),
        **CASE_TEXTS,
    }
)
