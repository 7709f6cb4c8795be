"""What the project's packs say of themselves, in Chinese: each English sentence with its own."""

from __future__ import annotations

from typing import Final

from inference.packs.manifest import Texts
from models.packing.words import NOT_FOR, PackWords

_LANGUAGE: Final = "zh_CN"

_SENTENCES: Final = {
    "Residual nasopharyngeal carcinoma after radiotherapy": "鼻咽癌放疗后残留",
    "Response of locally advanced gastric cancer to neoadjuvant chemotherapy": (
        "局部进展期胃癌对新辅助化疗的反应"
    ),
    "Recurrence of gastric cancer after radical gastrectomy": "胃癌根治术后复发",
    "Recurrence of a pancreatic neuroendocrine neoplasm within five years of resection": (
        "胰腺神经内分泌肿瘤切除术后五年内复发"
    ),
    "Overall survival with a gastric neuroendocrine neoplasm": "胃神经内分泌肿瘤的总生存",
    "demonstration on synthetic phantoms": "基于合成体模的演示",
    "trained on a synthetic cohort": "由合成队列训练",
    "trained on a hospital cohort": "由医院队列训练",
    "Teaching and testing of the software on the phantoms that come with it.": (
        "用软件自带的体模进行教学和软件测试。"
    ),
    "Patients like those of its cohort, once the hospital has validated and signed it.": (
        "经医院验证并签名后，用于与其队列相似的患者。"
    ),
    NOT_FOR: "患者。任何关于个人诊疗的决定。",
    "Trained and measured on synthetic phantoms alone; no figure here says anything about patients.": (
        "仅用合成体模训练和测量；这里的任何数字都不能说明真实患者的情况。"
    ),
    "The phantoms' signal was planted by this project, so the figures show that the software learns, "
    "not that the outcome can be predicted.": (
        "体模中的信号由本项目预先植入，因此这些数字说明软件能够学习，不说明结局可以预测。"
    ),
    "The phantoms' signal was planted by this project, so the figures show that the software learns, "
    "not that residual tumour can be predicted.": (
        "体模中的信号由本项目预先植入，因此这些数字说明软件能够学习，不说明肿瘤残留可以预测。"
    ),
    "Calibration was not assessed: a score orders patients, it is no frequency.": (
        "未评估校准：评分用于排列患者的先后，不是发生频率。"
    ),
    "Each treatment's networks learned from the patients who received it; the choice of treatment depended "
    "on stage, age and sex, which the networks are not given.": (
        "每种治疗方案的网络只从接受该方案的患者学习；方案的选择取决于分期、年龄和性别，而网络不知道这些信息。"
    ),
    "The cut-offs were locked on scores of single folds, and are applied to the mean of the folds.": (
        "截断值根据单折评分锁定，应用于各折的均值。"
    ),
    "The cut-offs were locked on scores of fold models, and are applied to the final models.": (
        "截断值根据各折模型的评分锁定，应用于最终模型。"
    ),
    "Scans of other hospitals, with other noise and contrast timing, were not used for training.": (
        "未使用其他医院噪声和增强时相不同的影像进行训练。"
    ),
    "Only the cohort's training part was used; its internal and external parts have not been evaluated.": (
        "仅使用了队列的训练部分；其内部和外部验证部分尚未评估。"
    ),
    "Measured by one random division of one cohort; not validated in another hospital.": (
        "仅按一个队列的一次随机划分测量；未在其他医院验证。"
    ),
    "The stage is known after surgery only; after preoperative chemotherapy it is ypTNM.": (
        "分期仅在术后得知；术前化疗后为 ypTNM。"
    ),
    "Its cohorts may overlap with those of the response study, whose network it starts from.": (
        "其队列可能与疗效研究的队列重叠，而其网络正是从该研究的网络开始训练。"
    ),
    "Prognosis alone: it does not say which treatment works.": "仅用于预后：不说明哪种治疗有效。",
    "Trained on patients who completed chemotherapy and surgery; it says nothing of the others.": (
        "由完成化疗和手术的患者训练；不能说明其他患者的情况。"
    ),
    "A low risk never extends an interval of follow-up by itself: the publication missed 4 of 9 recurrences "
    "outside.": "低风险本身绝不能延长随访间隔：原文在外部队列中漏掉了 9 例复发中的 4 例。",
    "The network was taught by nobody: its features are those of random filters.": (
        "该网络未经任何训练：其特征来自随机滤波器。"
    ),
    "The arterial signature found nothing: not packed.": "动脉期影像标签未选出任何特征，因此未打包。",
    "The venous signature found nothing: not packed.": "静脉期影像标签未选出任何特征，因此未打包。",
    "The clinical signature found nothing: not packed.": "临床标签未选出任何因素，因此未打包。",
    "The model of survival found nothing: not packed.": "生存模型未选出任何因素，因此未打包。",
    "Few recurrences: intervals are wide, and every cut-off rests on few patients.": (
        "复发例数少：区间很宽，每个截断值都只依据少数患者。"
    ),
}


def in_chinese(words: PackWords) -> tuple[Texts, ...]:
    """The same in Chinese; nothing where a sentence stands in no list, for half a translation is none."""
    said = (*words.title.split(": "), words.intended_use, NOT_FOR, *words.limits)
    if any(sentence not in _SENTENCES for sentence in said):
        return ()
    title = "：".join(_SENTENCES[part] for part in words.title.split(": "))
    return (
        Texts(
            language=_LANGUAGE,
            title=title,
            intended_use=_SENTENCES[words.intended_use],
            not_for=_SENTENCES[NOT_FOR],
            limits=tuple(_SENTENCES[limit] for limit in words.limits),
        ),
    )
