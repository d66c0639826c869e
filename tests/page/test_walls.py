"""Pages that stand where an article should be are refused by kind; articles about such things are not."""

# a page a line

import pytest

from newscrawl.extract import extract_article
from newscrawl.page import read_page

URL = "https://news.example.org/a/bridge-opens.html"


def page(title: str, *lines: str, head: str = "", rest: str = "") -> str:
    """A wall as servers make it: a title, a heading and a few lines."""
    heading, *others = lines or (title,)
    paragraphs = "".join(f"<p>{line}</p>" for line in others)
    return (
        f"<html><head><title>{title}</title>{head}</head><body><div class=box><h1>{heading}</h1>"
        f"{paragraphs}</div>{rest}</body></html>"
    )


def bare(body: str, head: str = "", title: str = "example.org") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


CHALLENGES = {
    "cloudflare": bare("<div></div><script>window._cf_chl_opt={cvId:'3'}</script>", title="Un instant…"),
    "cloudflare, text only": page(
        "example.org", "example.org", "Verifying you are human. This may take a few seconds."
    ),
    "cloudflare, review": page(
        "x", "example.org", "example.org needs to review the security of your connection."
    ),
    "cloudflare, German": page("Nur einen Moment …", "news.example.org"),
    "cloudflare, Japanese": page("しばらくお待ちください...", "news.example.org"),
    "cloudflare, Russian": page("Один момент…", "news.example.org", "Проверка безопасности"),
    "cloudflare, Turkish": page("Bir dakika lütfen...", "news.example.org"),
    "anubis": bare(
        "<main><p>Loading …</p></main>", "<script id='anubis_version' type='application/json'>1</script>"
    ),
    "anubis, Chinese": page("正在确认你是不是机器人！", "正在确认你是不是机器人！", "加载中..."),
    "datadome": bare("<p id=cmsg>Please enable JS and disable any ad blocker</p>"),
    "datadome, script": bare("<script src='https://geo.captcha-delivery.com/c.js'></script>"),
    "perimeterx": bare("<div id='px-captcha'></div>", title="Access to this page has been denied"),
    "human": page(
        "Human", "Before we continue …", "Press & Hold to confirm you are a human (and not a bot)."
    ),
    "imperva": bare(
        "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 1</iframe>"
    ),
    "akamai": bare("<div id='sec-if-cpt-container'></div><p>Powered and protected by</p>"),
    "aws waf": bare(
        "<div id=main></div><script>AwsWafIntegration.getToken()</script>", title="Human Verification"
    ),
    "aliyun": bare("<script>var arg1='4A5F';document.cookie='acw_sc__v2='+x;</script>", title=""),
    "tencent edgeone": bare("<script>var __tst_status=1;</script>", title=""),
    "baidu": page("百度安全验证", "网络不给力，请稍后重试", "返回首页"),
    "wechat": page("环境异常", "环境异常", "当前环境异常，完成验证后即可继续访问。"),
    "slider": page("示例新闻", "为了保障您的访问安全，请完成验证", "向右滑动完成拼图"),
    "slider 2": page("验证", "请完成安全验证后继续访问"),
    "traffic, Chinese": page("提示", "系统检测到您的网络环境存在异常，请点击下方按钮"),
    "bloomberg": page(
        "Example - Are you a robot?",
        "We've detected unusual activity from your computer network",
        "To continue, please click the box below to let us know you're not a robot.",
    ),
    "google sorry": page(
        "https://www.example.org/", "Our systems have detected unusual traffic from your computer network."
    ),
    "ddos-guard": page("DDoS-Guard", "Checking your browser before accessing news.example.org"),
    "yandex": page(
        "Ой!",
        "Подтвердите, что запросы отправляли вы, а не робот",
        "Нам очень жаль, но запросы с вашего устройства похожи на автоматические.",
    ),
    "sucuri": bare("<script>sucuri_cloudproxy_js='';</script>", title="Example"),
    "spanish": page("Seguridad", "Por favor, confirma que no eres un robot"),
    "french": page("Sécurité", "Veuillez confirmer que vous êtes un humain"),
    "portuguese": page("Segurança", "Por favor, confirme que você não é um robô"),
    "italian": page("Sicurezza", "Conferma di non essere un robot"),
    "polish": page("Kontrola", "Potwierdź, że nie jesteś robotem"),
    "turkish": page("Güvenlik", "Robot olmadığınızı doğrulayın"),
    "vietnamese": page("Bảo mật", "Vui lòng xác minh bạn là con người"),
    "indonesian": page("Keamanan", "Silakan verifikasi bahwa Anda bukan robot"),
    "korean": page("보안", "사람인지 확인하는 중입니다"),
    "arabic": page("أمان", "يرجى التأكد من أنك لست روبوت"),
}

BLOCKED = {
    "akamai": bare(
        "<h1>Access Denied</h1>You don't have permission to access this on this server.<p>Reference #18.2d"
    ),
    "451": page(
        "451",
        "451: Unavailable due to legal reasons",
        "We recognize you are attempting to access this website from a country of the EEA.",
    ),
    "eu": page("Example", "Sorry, this content is not available in your region."),
    "cloudflare 1020": page(
        "Example", "Sorry, you have been blocked", "You are unable to access example.org"
    ),
    "aliyun": page(
        "405", "405", "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", "您的请求ID是: 7ce"
    ),
    "too often": page("访问受限", "提示", "您的访问过于频繁，请稍后再试。"),
    "quota, Chinese": page("提示", "您今日的浏览次数已达上限"),
    "quota": page("Example", "Too many requests", "Try again in an hour."),
    "f5": bare(
        "The requested URL was rejected. Please consult with your administrator.", title="Request Rejected"
    ),
    "german": page("Zugriff verweigert", "Zugriff verweigert"),
    "russian": page("Доступ запрещён", "Доступ запрещён", "Обратитесь к администратору."),
    "japanese": page("エラー", "アクセスが制限されています"),
    "korean": page("안내", "귀하의 접속이 일시적으로 차단되었습니다"),
}

CONSENT = {
    "golem": page(
        "Example.de: News",
        "Cookies zustimmen",
        "Besuchen Sie Example.de wie gewohnt mit Werbung und Cookies, indem Sie zustimmen.",
    ),
    "google": page(
        "Bevor Sie zu Google weitergehen",
        "Bevor Sie fortfahren",
        "Wir verwenden Cookies und Daten, um Dienste bereitzustellen.",
    ),
    "yahoo": page(
        "Yahoo is part of the Yahoo family of brands",
        "Yahoo is part of the Yahoo family of brands",
        "We, Yahoo, are part of the family of brands.",
        "Accept all",
        "Reject all",
    ),
    "french": page(
        "Le Journal", "Nous et nos 212 partenaires utilisons des cookies pour mesurer l'audience."
    ),
    "italian": page("Giornale", "Noi e i nostri partner archiviamo informazioni su un dispositivo."),
    "polish": page("Portal", "Szanujemy Twoją prywatność", "Kliknij, aby przejść do serwisu."),
    "dutch": page("Krant", "Wij en onze 120 partners slaan informatie op."),
    "finnish": page("Lehti", "Käytämme evästeitä palvelun kehittämiseen."),
}

PARKED = {
    "for sale": page("example.org is for sale", "This domain is for sale", "Get a price quote."),
    "sedo": bare("<script src='https://www.sedoparking.com/frmpark/x'></script><p>Related searches</p>"),
    "lander": bare("", '<script>window.onload=function(){window.location.href="/lander"}</script>', title=""),
    "dan": page("Example", "The domain name example.org is for sale"),
    "chinese": page("域名出售", "您正在访问的域名可以转让"),
    "russian": page("example.ru", "Домен example.ru припаркован"),
    "suspended": page(
        "Account Suspended", "This Account has been suspended.", "Contact your hosting provider."
    ),
    "nginx": page(
        "Welcome to nginx!", "Welcome to nginx!", "If you see this page, the nginx web server is installed."
    ),
    "unlicensed": page("提示", "该网站未备案，暂停访问"),
}

MAINTENANCE = {
    "english": page("Maintenance", "We'll be back soon!", "We're performing some maintenance at the moment."),
    "wordpress": bare("Briefly unavailable for scheduled maintenance. Check back in a minute."),
    "german": page("Example", "Unsere Website wird derzeit gewartet"),
    "french": page("Site en maintenance", "Le site est actuellement en maintenance"),
    "spanish": page("Diario", "El sitio está en mantenimiento"),
    "chinese": page("提示", "系统升级维护中，请稍后访问"),
    "japanese": page("お知らせ", "ただいまメンテナンス中です"),
    "korean": page("시스템 점검 안내", "안내"),
    "russian": page("Новости", "На сайте ведутся технические работы"),
    "vietnamese": page("Báo", "Website đang bảo trì"),
}

NEEDS_JAVASCRIPT = {
    "app": bare("<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>"),
    "vue": bare("<noscript>We're sorry but app doesn't work properly without JavaScript enabled.</noscript>"),
    "x": page(
        "X", "JavaScript is not available.", "We've detected that JavaScript is disabled in this browser."
    ),
    "german": page("Zeitung", "Bitte aktivieren Sie JavaScript"),
    "chinese": page("提示", "请开启JavaScript后访问"),
    "japanese": page("新聞", "JavaScriptを有効にしてください"),
    "russian": page("Газета", "Включите JavaScript в браузере"),
}

MISSING = {
    "deleted": page("提示", "提示", "该内容已被发布者删除"),
    "blocked account": page("公众号", "此内容因违规无法查看"),
    "traditional": page("新聞", "您要找的頁面不存在"),
    "russian": page("Страница не найдена", "Страница не найдена"),
    "dutch": page("Pagina niet gevonden", "Helaas"),
    "polish": page("Portal", "Strona, której szukasz, została usunięta"),
    "swedish": page("Sidan kunde inte hittas", "Hoppsan"),
    "korean": page("뉴스", "요청하신 페이지를 찾을 수 없습니다"),
    "arabic": page("خطأ", "الصفحة غير موجودة"),
    "vietnamese": page("Không tìm thấy trang", "Lỗi"),
}

OTHERS = {
    "login": (page("Log in", "Log in to continue reading", "Already a subscriber?"), "login wall"),
    "login, Japanese": (page("ログイン", "ログイン"), "login wall"),
    "login, Polish": (page("Portal", "Zaloguj się, aby czytać dalej"), "login wall"),
    "persian": (page("بررسی امنیتی", "در حال بررسی مرورگر شما"), "challenge page"),
    "korean": (
        page("보안 확인", "로봇이 아님을 확인해 주세요"),
        "challenge page",
    ),
    "wordpress": (
        page("WordPress › Error", "There has been a critical error on this website."),
        "error page",
    ),
    "php": (bare("<b>Fatal error</b>: Call to undefined x() in /var/www/a.php:12", title=""), "error page"),
    "origin down": (page("example.org | 521: Web server is down", "Web server is down"), "error page"),
    "squid": (
        page("ERROR: The requested URL could not be retrieved", "ERROR", "The following was encountered"),
        "error page",
    ),
    "old browser": (page("Update your browser", "Your browser is out of date."), "needs JavaScript"),
    "old browser, German": (page("x", "Ihr Browser ist veraltet"), "needs JavaScript"),
    "old browser, Chinese": (page("提示", "您的浏览器版本过低，请升级"), "needs JavaScript"),
    "age": (page("Age verification", "You must be 18 or older to enter this site."), "login wall"),
    "ad blocker": (page("x", "We noticed you are using an ad blocker", "Please disable it."), "login wall"),
    "ad blocker, French": (page("x", "Nous avons détecté un bloqueur de publicité"), "login wall"),
    "wi-fi": (page("Hotel", "Welcome to Hotel Sun Wi-Fi", "Please enter your room number."), "login wall"),
    "moved": (
        bare("<p>Click <a href=/b>here</a>.</p>", "<meta http-equiv=refresh content='0;url=/b'>"),
        "redirect page",
    ),
    "moved, in words": (page("Moved", "This page has moved."), "redirect page"),
    "moved, in a script": (bare("", "<script>location.replace('/b')</script>"), "redirect page"),
    "moved, Chinese": (page("跳转中", "页面跳转中"), "redirect page"),
}

WALLS = [
    *((html, "challenge page") for html in CHALLENGES.values()),
    *((html, "blocked") for html in BLOCKED.values()),
    *((html, "consent page") for html in CONSENT.values()),
    *((html, "parked domain") for html in PARKED.values()),
    *((html, "maintenance page") for html in MAINTENANCE.values()),
    *((html, "needs JavaScript") for html in NEEDS_JAVASCRIPT.values()),
    *((html, "error page") for html in MISSING.values()),
    *OTHERS.values(),
]


@pytest.mark.parametrize(("html", "reason"), WALLS)
def test_a_wall_is_refused_as_what_it_is(html: str, reason: str) -> None:
    assert read_page(html, url=URL).refused == reason
    assert extract_article(html, url=URL).refused == reason


def story(title: str, *lines: str, head: str = "", before: str = "") -> str:
    """An article on a page that says nothing else of itself: no date, no structured data."""
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<html><head><title>{title} - Example News</title>{head}</head><body>"
        f"<ul><li><a href=/>Home</a></li><li><a href=/login>Log in</a></li></ul>{before}"
        f"<article><h1>{title}</h1>{text}</article><p>© Example News</p></body></html>"
    )


ABOUT = {
    "captchas": story(
        "Why captchas ask you to find traffic lights",
        "“Verify you are human” has become the most common sentence of the web, researchers said on Monday.",
        "A study of 1,400 people found that bots now solve the puzzles faster than we do.",
    ),
    "robots": story(
        "Are you a robot? The question that costs us 500 years a day",
        "Every day people spend 500 years on small tests, a company that sells them has worked out.",
    ),
    "cloudflare": story(
        "Cloudflare outage takes thousands of sites offline",
        "Visitors saw “Please unblock challenges.cloudflare.com to proceed” for three hours on Tuesday.",
        "The company blamed a file that grew too large for its bot management.",
    ),
    "browsers": story(
        "Your browser is out of date? Blame the bank, says the regulator",
        "Three in ten customers cannot log in because their bank asks for a newer one, the office said.",
    ),
    "ad blockers": story(
        "Ad blocker detected: how publishers fight back",
        "We noticed a change in how readers react, the publisher of three dailies said on Monday.",
    ),
    "wi-fi": story(
        "Welcome to free Wi-Fi: towns open their networks",
        "Forty towns have opened their networks to visitors since the spring, the association said.",
    ),
    "fatal errors": story(
        "Fatal error in the lab cost a year of work",
        "Warning signs were missed for months, a report on the fire at the institute says.",
    ),
    "404": story(
        "404: the story of the most famous error", "It began in a room at CERN, or so the legend goes."
    ),
    "page not found": story(
        "Page not found: why a third of all links rot",
        "A study by a library found that a third of the links in court rulings lead nowhere.",
    ),
    "cookies": story(
        "Court: cookies need consent before they are set",
        "The court said on Thursday that a banner with one button breaks the law.",
        "Publishers must offer a way to refuse that is as easy as to accept.",
    ),
    "gdpr": story(
        "US papers still block European readers over GDPR",
        "“Unavailable due to legal reasons” is what a reader in Berlin still sees at some fifty papers.",
        "Seven years after the law came into force, lawyers call it a choice and no duty.",
    ),
    "maintenance": story(
        "Maintenance closes the harbour bridge for three weeks",
        "The city will carry out maintenance on the bridge until March, the mayor said.",
    ),
    "bank": story(
        "Bank's app down for maintenance on pay day",
        "Customers of the bank could not reach their accounts for six hours on Friday.",
    ),
    "domain sale": story(
        "The domain voice.com sold for 30 million dollars",
        "It is the highest price that was ever paid in cash for a domain, its seller said.",
    ),
    "for sale": story(
        "This domain is for sale: inside the trade with names",
        "Sedo and Afternic list millions of addresses; few of them ever find a buyer.",
    ),
    "javascript": story(
        "JavaScript turns thirty",
        "The language was written in ten days in May 1995.",
        "Today there is hardly a site that works with JavaScript turned off.",
    ),
    "login": story(
        "Log in with your face, airport tells passengers", "The gates open from June in two terminals."
    ),
    "banned": story(
        "You have been banned: gamers sue over lost accounts",
        "More than 300 players joined the suit that was filed in Paris on Wednesday.",
    ),
    "redirect": story(
        "Road moved: village gets a new street after landslide",
        "The page in the book of the village turned on Sunday, when the first car drove past.",
    ),
    "captcha, Chinese": story(
        "验证码短信诈骗案告破 涉案金额超千万元",
        "警方提醒，凡要求提供验证码的电话都是诈骗，市民切勿透露。",
        "该团伙冒充客服，诱骗受害人完成所谓的安全验证。",
    ),
    "deleted, Chinese": story(
        "明星微博内容被删除引发热议", "该明星工作室回应称，内容系本人删除，与平台无关。"
    ),
    "maintenance, Chinese": story(
        "铁路12306系统维护时间调整", "铁路部门表示，自3月1日起，系统维护时间缩短一小时。"
    ),
    "frequent, Chinese": story(
        "手机银行频繁异常 多家银行回应", "有用户反映登录时提示访问过于频繁，银行称已恢复正常。"
    ),
    "cookies, Chinese": story(
        "浏览器将停用第三方Cookie", "谷歌表示，用户可在隐私设置中选择是否允许网站使用Cookie。"
    ),
    "domain, Chinese": story("“微博”域名以八百万元出售", "交易双方均未透露买家身份，业内称价格合理。"),
    "cookies, German": story(
        "Cookie-Banner: Gericht stärkt Nutzer",
        "Wer keine Cookies will, muss sie ebenso leicht ablehnen können, entschied das Gericht.",
    ),
    "works, German": story(
        "Wartungsarbeiten legen S-Bahn lahm", "Fahrgäste müssen bis Montag auf Busse ausweichen."
    ),
    "maintenance, French": story(
        "Le site du fisc en maintenance, les déclarations repoussées",
        "Les contribuables auront deux jours de plus, a annoncé le ministère.",
    ),
    "robots, Spanish": story(
        "«No soy un robot»: la casilla que usa todo el mundo",
        "Un estudio calcula que cada usuario pierde once horas al año en estas pruebas.",
    ),
    "blocked, Russian": story(
        "Доступ к сайту газеты ограничен по решению суда",
        "Суд в понедельник удовлетворил иск прокуратуры, сообщила пресс-служба.",
    ),
    "maintenance, Japanese": story(
        "銀行がシステムメンテナンスを延期", "全国の支店では通常通り営業すると発表した。"
    ),
    "with a banner": story(
        "Bridge opens before winter",
        *["The council said the bridge opens before winter."] * 6,
        before="<div class=banner><p>We and our 212 partners use cookies to measure.</p></div>",
    ),
    "with a script": story(
        "Bridge opens before winter",
        *["The council said the bridge opens before winter."] * 3,
        head="<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
    ),
    "with noscript": story(
        "Bridge opens before winter",
        *["The council said the bridge opens before winter."] * 3,
        before="<noscript>Please enable JavaScript to use all of this site.</noscript>",
    ),
    "that reloads": story(
        "Live: the vote",
        *["The count goes on in all districts, officials said."] * 3,
        head="<meta http-equiv=refresh content=300>",
    ),
    "that reloads itself": story(
        "Live: the vote",
        *["The count goes on in all districts, officials said."] * 3,
        head=f"<meta http-equiv=refresh content='5;url={URL}'>",
    ),
}


@pytest.mark.parametrize("html", ABOUT.values(), ids=ABOUT)
def test_an_article_about_walls_is_an_article(html: str) -> None:
    assert read_page(html, url=URL).refused is None


def test_a_page_that_declares_itself_an_article_is_judged_by_its_title_alone() -> None:
    declared = (
        '<script type=application/ld+json>{"@type":"NewsArticle","datePublished":"2026-03-08"}</script>'
    )
    line = "Please enable JavaScript to read our live blog."
    assert read_page(story("Bridge opens", line, head=declared), url=URL).refused is None
    assert read_page(page("Just a moment...", head=declared), url=URL).refused == "challenge page"
