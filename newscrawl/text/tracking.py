"""Query parameters that say how a reader came to a page, and sessions: they are no part of an address.

From the public lists of miniflux (urlcleaner.go), AdGuard (general_url.txt), Brave (query_filter), ClearURLs
(global rules) and Neat-URL, as of November 2026. Left in: what names an article on some site, such as `id`,
`sid=123`, `page`, `source` or `si`.
"""

from __future__ import annotations

import re

_NAMES = frozenset(
    """
    spm from isappinstalled fbclid gclid dclid msclkid yclid twclid igshid mc_cid mc_eid _ga _gl ref_src
    ref_url share_token share_from sharefrom share_source scene clicktime enterid wfr tt_from bd_vid
    bdmode cmpid ncid icid smid cmp ocid at_medium at_campaign xtor wt.mc_id mkt_tok spm_id_from
    vd_source from_source from_spmid sharer_shareid sharer_sharetime weibo_id nsukey req_trace gbraid
    wbraid gclsrc srsltid gad_source gad_campaignid usqp ved ysclid _openstat ttclid li_fat_id epik
    sccid rdt_cid igsh mibextid sfnsn __twitter_impression fb_action_ids fb_action_types fb_ref
    fb_source fb_comment_id action_object_map action_ref_map action_type_map campaign_id campaign_medium
    campaign_name campaign_source campaign_term campaign_content hmb_campaign hmb_medium hmb_source
    mc_tc wickedid _hsenc _hsmi __hssc __hstc __hsfp hsctatracking hs_email_open_id rb_clickid
    oly_anon_id oly_enc_id vero_id vero_conv s_cid sc_cid sc_campaign sc_channel sc_content sc_medium
    sc_outcome sc_geo sc_country s_kwcid _bhlid _branch_match_id _branch_referrer __readwiselocation
    ml_subscriber ml_subscriber_hash ck_subscriber_id _kx _clde _cldee _sgm_campaign _sgm_source
    _sgm_action cx_click cx_recsorder cx_recswidget cm_me cm_cr sscid rtkcid irclickid irgwc
    ir_campaignid ir_adid ir_partnerid __io_lv _io_session_id asgtbndr tduid mindbox-click-id
    mindbox-message-key famad_xuid erid awc oprtrack wt_mc wt_zmc xtref xtcr admitad_uid gps_adid
    unicorn_click_id external_click_id vc_lpp ebisadid nx_source _zucks_suid adfrom guccounter
    user_email_address trk trkinfo trkcampaign trkid os_ehash tracking_source echobox dm_i spjobid
    spmailingid spreportid spuserid elqtrackid elqtrack elqaid elqat elqcampaignid ns_campaign
    ns_mchannel ns_source ns_linkname ns_fee mbid cndid bxid esrc hasha hashb hashc tpcc emci emdi ceid
    soc_src soc_trk smtyp sr_share soc_hash hmsr hmpl hmcu hmkw hmci pgv_ref tdsourcetag chksm mpshare
    xhsshare _trans_ scm share_medium share_plat share_session_id share_tag unique_k phpsessid
    jsessionid aspsessionid cfid cftoken oscsid zenid
    """.split()
)
_PREFIXES = (
    "utm_", "pk_", "mtm_", "otm_", "hsa_", "itm_", "ga_", "at_custom", "at_recipient", "at_emailtype",
    "cm_mmc", "bsft_", "oft_", "adjust_", "dpg_", "guce_", "aspsessionid", "sfmc_", "spss", "spsn", "spsd",
    "spsv", "spst",
)  # fmt: skip
#: Of pages that one host serves under one path: the parameters that name the article; all others go.
_NAMING = {"mp.weixin.qq.com": frozenset(("__biz", "mid", "idx", "sn"))}
# Names that elsewhere name a story or a search: a session where the value is as long and as random as one.
_MAYBE_SESSION = frozenset(("sid", "s", "session", "sessid", "sessionid", "session_id", "ssid", "phpsid"))
_SESSION = re.compile(r"(?=[^0-9]{0,63}[0-9])(?:[0-9a-f]{24,64}|[0-9a-z]{26,64})", re.IGNORECASE)
# Ghost adds `ref=` with the host of the site that links, others where in their site the link stood.
_REFERRER = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12}|rss|feed|newsletter|twitter|facebook|home(?:page)?", re.IGNORECASE
)
#: `;jsessionid=…` behind a segment of the path, and ASP.NET's segment `(S(…))`.
_IN_PATH = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;?]*|/\([a-z]\([a-z0-9]{20,32}\)\)(?=/)", re.IGNORECASE
)


def is_tracking(name: str, value: str, host: str = "") -> bool:
    """Whether a parameter, decoded, is no part of its page's address.

    >>> is_tracking("utm_source", "x"), is_tracking("id", "1"), is_tracking("sid", "123")
    (True, False, False)
    """
    lower = name.lower()
    if lower in _NAMES or lower.startswith(_PREFIXES):
        return True
    if host in _NAMING and lower not in _NAMING[host]:
        return True
    if lower in _MAYBE_SESSION:
        return _SESSION.fullmatch(value) is not None
    return lower == "ref" and _REFERRER.fullmatch(value) is not None


def without_session(path: str) -> str:
    """A path without the session's id.

    >>> without_session("/a;jsessionid=AB12/b.html;jsessionid=AB12")
    '/a/b.html'
    """
    return _IN_PATH.sub("", path)
