// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/why/why_page.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

QString tr(const char* s) {
    return QCoreApplication::translate("mm::gui::WhyPage", s);
}

QString orderText(Order order) {
    return tr("order %1 (%2)").arg(order).arg(pagesAsSize(NrPages{1} << order));
}

/// What an explanation's facts are on the page, one after the other.
class Page {
public:
    Page(const Explanation& x, const Theme& theme, int width) : m_x(x), m_theme(theme), m_width(width) {}

    QString html() {
        headline();
        request();
        for (std::size_t i = 0; i < m_x.steps.size(); ++i) {
            m_event = m_x.steps[i].event;
            if (const std::size_t more = blocksFrom(i); more > shownBlocks) {
                blocks(i, more);
                i += more - 1;
                continue;
            }
            std::visit(*this, m_x.steps[i].fact);
        }
        report();
        return m_html;
    }

    void operator()(const why::Request&) {}
    void operator()(const why::Attempt& a) {
        const QString flags = text(alloc_flags_text(a.flags));
        m_html += QStringLiteral(
                      "<p style='margin:%1px 0 %2px 0'><span style='%3'>%4</span>&nbsp;&nbsp;"
                      "<span style='%5'>get_page_from_freelist() %6</span></p>")
                      .arg(m_theme.px(18))
                      .arg(m_theme.px(4))
                      .arg(style(15, m_theme.tokens().text, true), tr("Attempt %1").arg(a.number),
                           mono(m_theme.tokens().dim), flags.toHtmlEscaped());
    }
    void operator()(const why::ZoneTried& z) {
        const bool measured = z.verdict == ZoneVisit::Verdict::allowed || z.verdict == ZoneVisit::Verdict::refused;
        const QString name = link(QStringLiteral("zone:%1:%2").arg(z.zone.nid).arg(static_cast<int>(z.zone.type)),
                                  text(zone_key(z.zone)));
        const QColor ink = z.served ? m_theme.migrate(MigrateType::reclaimable, false) : m_theme.tokens().dim;
        const QString mark = z.served ? QStringLiteral("✓") : QStringLiteral("✗");
        const QString gauge = measured ? gaugeOf(z.mark) : QString();
        QString words = text(text_of(z));
        words.remove(0, QStringLiteral("zone ").size() + text(zone_key(z.zone)).size() + 1);
        m_html += QStringLiteral(
                      "<table cellspacing='0' cellpadding='%1'><tr>"
                      "<td width='%2'><span style='%3'>%4</span></td><td width='%5'><b>%6</b></td>"
                      "<td>%7<span style='%8'>%9</span></td></tr></table>")
                      .arg(m_theme.px(3))
                      .arg(m_theme.px(18))
                      .arg(style(15, ink, true), mark)
                      .arg(m_theme.px(88))
                      .arg(name, gauge, style(13, m_theme.tokens().text), grouped(words).toHtmlEscaped());
    }
    void operator()(const why::PerCpuTake& t) { line(t, {{t.pfn, t.order}}); }
    void operator()(const why::BlocksTaken& b) {
        if (b.pfn == no_pfn) return line(b, {});
        line(b, {{b.pfn, b.order}, {b.pfn, b.from}}, true);
        if (b.from != b.order) m_html += halves(b);
    }
    void operator()(const why::Steal& s) {
        line(s, {{s.pfn, s.order}}, true);
        if (s.whole) m_html += shares(s);
    }
    void operator()(const why::BuddyTake& t) { line(t, {{t.pfn, t.order}}); }
    void operator()(const why::Compaction& c) {
        line(c, {});
        const double share = std::clamp(c.fragmentation_index, 0, 1000) / 1000.0;
        m_html += indented(
            bar({{share, m_theme.migrate(MigrateType::unmovable, false)}, {1 - share, m_theme.tokens().track}}) +
            note(tr("fragmentation index: 0 it is memory that lacks, 1000 it is in pieces; "
                    "compaction from 500 on")));
    }
    void operator()(const why::Answer& a) {
        const QString said =
            a.pfn == no_pfn ? tr("No block: the request fails") : tr("The answer: ") + frames(a.pfn, orderAsked());
        QString truth;
        if (a.known && a.pfn == a.real) truth = tr(", as the recorded kernel's");
        if (a.known && a.pfn != a.real)
            truth = tr(", but the recorded kernel gave %1").arg(a.real == no_pfn ? tr("nothing") : hex(a.real));
        m_html += QStringLiteral("<p style='margin:%1px 0 0 0;%2'>%3%4 %5</p>")
                      .arg(m_theme.px(16))
                      .arg(style(15, m_theme.tokens().text, true), said, truth, eventLink());
    }
    void operator()(const auto& fact) { line(fact, {}); }

private:
    static constexpr std::size_t shownBlocks = 3;

    QString style(double size, const QColor& ink, bool bold = false) const {
        return QStringLiteral("font-size:%1px;color:%2;%3")
            .arg(m_theme.px(size))
            .arg(ink.name(), bold ? QStringLiteral("font-weight:600;") : QString());
    }
    QString mono(const QColor& ink) const {
        return style(12, ink) + QStringLiteral("font-family:%1;").arg(m_theme.mono().family());
    }
    QString link(const QString& to, const QString& words) const {
        return QStringLiteral("<a href='%1' style='color:%2;text-decoration:none'>%3</a>")
            .arg(to, m_theme.tokens().accent.name(), words);
    }
    QString eventLink() const {
        return QStringLiteral("<span style='%1'>%2</span>")
            .arg(style(11, m_theme.tokens().dim),
                 link(QStringLiteral("event:%1").arg(m_event), tr("event %1 ▸").arg(number(m_event + 1))));
    }
    QString frames(Pfn pfn, Order order) const {
        const NrPages n = NrPages{1} << order;
        return link(QStringLiteral("frames:%1:%2").arg(pfn).arg(n), pfnText({pfn, pfn + n}));
    }
    /// Numbers of five digits and more with thin spaces.
    static QString grouped(const QString& words) {
        QString out;
        for (qsizetype i = 0; i < words.size();) {
            qsizetype end = i;
            while (end < words.size() && words[end].isDigit())
                ++end;
            const bool plain = end - i > 4 && (i == 0 || (!words[i - 1].isLetter()));
            out += end == i ? QString(words[i])
                   : plain  ? number(words.mid(i, end - i).toULongLong())
                            : words.mid(i, end - i);
            i = std::max(end, i + 1);
        }
        return out;
    }
    Order orderAsked() const { return m_x.request() ? m_x.request()->order : 0; }

    QString indented(const QString& inner) const {
        return QStringLiteral(
                   "<table cellspacing='0' cellpadding='0' style='margin-left:%1px'><tr><td>%2</td></tr>"
                   "</table>")
            .arg(m_theme.px(24))
            .arg(inner);
    }
    QString note(const QString& words) const {
        return QStringLiteral("<span style='%1'>%2</span>").arg(style(11, m_theme.tokens().dim), words);
    }

    struct Part {
        double share;
        QColor ink;
    };
    /// A bar of coloured parts.
    QString bar(const std::vector<Part>& parts) const {
        const int whole = std::clamp(m_width / 2, m_theme.px(140), m_theme.px(420));
        QString cells;
        for (const Part& part : parts) {
            const int wide = static_cast<int>(part.share * whole);
            if (wide <= 0) continue;
            cells += QStringLiteral("<td width='%1' bgcolor='%2' height='%3'></td>")
                         .arg(wide)
                         .arg(part.ink.name())
                         .arg(m_theme.px(9));
        }
        return QStringLiteral("<table cellspacing='0' cellpadding='0'><tr>%1</tr></table>").arg(cells);
    }
    /// Free pages against what has to stay: the mark is the dark line.
    QString gaugeOf(const WatermarkLook& m) const {
        const auto need = std::max<std::int64_t>(0, m.check.min + static_cast<std::int64_t>(m.check.lowmem_reserve));
        const auto free = std::max<std::int64_t>(0, m.check.free);
        const double whole = static_cast<double>(std::max<std::int64_t>(1, std::max(free, need))) * 1.02;
        const bool enough = free > need && m.check.has_block;
        const double f = static_cast<double>(free) / whole, n = static_cast<double>(need) / whole;
        const QColor ink = m_theme.migrate(enough ? MigrateType::movable : MigrateType::unmovable, false);
        const QColor below = m_theme.migrate(enough ? MigrateType::movable : MigrateType::unmovable, true);
        std::vector<Part> parts;
        parts.push_back({std::min(f, n), below});
        if (f <= n) parts.push_back({n - f, m_theme.tokens().track});
        parts.push_back({0.012, m_theme.tokens().text});
        if (f > n) parts.push_back({f - n, ink});
        parts.push_back({std::max(0.0, 1 - std::max(f, n) - 0.012), m_theme.tokens().track});
        return bar(parts);
    }
    /// The block as it is cut: each half smaller than the one before, what is taken last.
    QString halves(const why::BlocksTaken& b) const {
        std::vector<Part> parts;
        double share = 1;
        parts.push_back({0, {}});
        for (Order order = b.from; order > b.order && parts.size() < 8; --order) {
            share /= 2;
            parts.insert(parts.begin() + 1, {share - 0.004, m_theme.migrate(b.list, true)});
            parts.insert(parts.begin() + 1, {0.004, m_theme.tokens().panel});
        }
        parts[0] = {share, m_theme.migrate(b.list, false)};
        return indented(bar(parts) + note(tr("left what is taken, right the halves that go back to the lists")));
    }
    /// The pageblock of a steal: free, alike, the rest.
    QString shares(const why::Steal& s) const {
        const double whole = static_cast<double>(std::max<NrPages>(1, s.pageblock));
        const double free = static_cast<double>(s.free) / whole, alike = static_cast<double>(s.alike) / whole;
        return indented(bar({{free, m_theme.migrate(s.to, true)},
                             {alike, m_theme.migrate(s.to, false)},
                             {std::max(0.0, 1 - free - alike), m_theme.tokens().track}}) +
                        note(tr("of its pageblock: free, alike, the rest; from half on it is claimed")));
    }

    /// A block that the words name by decimal numbers.
    struct Block {
        Pfn pfn;
        Order order;
    };
    /// The sentence, its blocks as links.
    QString linked(const WhyFact& fact, const std::vector<Block>& blocks) const {
        QString words = text(text_of(fact)).toHtmlEscaped();
        for (const Block& b : blocks) {
            const Pfn last = b.pfn + (Pfn{1} << b.order) - 1;
            const QString named = b.order == 0 ? QString::number(b.pfn) : QStringLiteral("%1..%2").arg(b.pfn).arg(last);
            const qsizetype at = words.indexOf(named);
            if (at >= 0) words.replace(at, named.size(), QStringLiteral("\x01%1\x02").arg(&b - blocks.data()));
        }
        words = grouped(words);
        for (std::size_t i = 0; i < blocks.size(); ++i)
            words.replace(QStringLiteral("\x01%1\x02").arg(i), frames(blocks[i].pfn, blocks[i].order));
        return words;
    }

    void line(const WhyFact& fact, const std::vector<Block>& blocks, bool deep = false) {
        const QString function = text(kernel_function_of(fact));
        m_html += QStringLiteral(
                      "<p style='margin:%1px 0 %2px %3px'><span style='%4'>%5%6</span>"
                      "<span style='%7'>%8</span> ")
                      .arg(m_theme.px(5))
                      .arg(m_theme.px(2))
                      .arg(m_theme.px(deep                  ? 24
                                      : depth_of(fact) == 0 ? 0
                                                            : 12))
                      .arg(mono(m_theme.tokens().dim), function, function.isEmpty() ? QString() : "()&nbsp; ",
                           style(13, m_theme.tokens().text), linked(fact, blocks));
        m_html += eventLink() + QStringLiteral("</p>");
    }

    /// How many facts from here on are blocks of one refill.
    std::size_t blocksFrom(std::size_t i) const {
        std::size_t n = 0;
        while (i + n < m_x.steps.size() && std::holds_alternative<why::BlocksTaken>(m_x.steps[i + n].fact))
            ++n;
        return n;
    }
    void blocks(std::size_t i, std::size_t count) {
        NrPages all = 0, cut = 0;
        for (std::size_t k = i; k < i + count; ++k) {
            const auto& b = std::get<why::BlocksTaken>(m_x.steps[k].fact);
            if (b.pfn != no_pfn) all += b.blocks;
            cut += b.from != b.order;
        }
        (*this)(std::get<why::BlocksTaken>(m_x.steps[i].fact));
        m_html += QStringLiteral("<p style='margin:%1px 0 %1px %2px;%3'>%4</p>")
                      .arg(m_theme.px(3))
                      .arg(m_theme.px(24))
                      .arg(style(13, m_theme.tokens().dim),
                           tr("… in this way %1 blocks come to the CPU's list, %2 larger ones are cut for them")
                               .arg(number(all), number(cut)));
        const WhyStep& last = m_x.steps[i + count - 1];
        m_event = last.event;
        if (std::get<why::BlocksTaken>(last.fact).pfn == no_pfn) line(last.fact, {}, true);
    }

    void headline() {
        const why::Answer* answer = m_x.answer();
        const bool failed = answer && answer->pfn == no_pfn;
        const QColor ink = failed ? m_theme.alarm().ink : m_theme.tokens().text;
        m_html += QStringLiteral("<p style='margin:0 0 %1px 0;%2'>%3</p>")
                      .arg(m_theme.px(6))
                      .arg(style(20, ink, true), whyHeadline(m_x).toHtmlEscaped());
        for (const WhyStep& step : m_x.steps) {
            if (!std::holds_alternative<why::GaveUp>(step.fact)) continue;
            QString words = text(text_of(step.fact));
            words[0] = words[0].toUpper();
            m_html += QStringLiteral("<p style='margin:0 0 %1px 0;%2'>%3.</p>")
                          .arg(m_theme.px(8))
                          .arg(style(14, m_theme.tokens().text), words.toHtmlEscaped());
        }
    }
    void request() {
        const why::Request* r = m_x.request();
        if (!r) return;
        row(tr("asked"), QStringLiteral("<span style='%1'>%2</span>")
                             .arg(mono(m_theme.tokens().text), text(gfp_text(r->gfp)).toHtmlEscaped()));
        row(tr("type"), QStringLiteral("<span style='background-color:%1;color:%2'>&nbsp;%3&nbsp;</span>")
                            .arg(m_theme.migrate(r->type, false).name(), m_theme.migrateText(r->type, false).name(),
                                 text(name_of(r->type))));
        row(tr("zones"),
            tr("up to %1, first %2")
                .arg(text(name_of(r->highest)),
                     link(QStringLiteral("zone:%1:%2").arg(r->preferred.nid).arg(static_cast<int>(r->preferred.type)),
                          text(zone_key(r->preferred)))));
        QString by = text(m_x.who).toHtmlEscaped();
        if (m_x.seconds) by += tr(", at %1 s").arg(*m_x.seconds, 0, 'f', 6);
        m_event = m_x.last;
        row(tr("by"), by + QStringLiteral(" ") + eventLink());
    }
    void row(const QString& name, const QString& value) {
        m_html += QStringLiteral(
                      "<table cellspacing='0' cellpadding='%1'><tr><td width='%2'><span style='%3'>%4</span>"
                      "</td><td><span style='%5'>%6</span></td></tr></table>")
                      .arg(m_theme.px(1))
                      .arg(m_theme.px(52))
                      .arg(style(12, m_theme.tokens().dim), name, style(13, m_theme.tokens().text), value);
    }
    void report() {
        if (m_x.log.empty()) return;
        m_html += QStringLiteral("<p style='margin:%1px 0 %2px 0;%3'>%4</p>")
                      .arg(m_theme.px(18))
                      .arg(m_theme.px(4))
                      .arg(style(15, m_theme.tokens().text, true), tr("What the kernel prints"));
        for (const std::string& one : m_x.log)
            m_html += QStringLiteral("<p style='margin:0;%1'>%2</p>")
                          .arg(mono(m_theme.tokens().dim), text(one).toHtmlEscaped());
    }

    const Explanation& m_x;
    const Theme& m_theme;
    const int m_width;
    QString m_html;
    Position m_event = 0;
};

}  // namespace

QString whyHeadline(const Explanation& x) {
    const why::Request* r = x.request();
    const why::Answer* answer = x.answer();
    if (const why::ObjectAnswer* object = x.object())
        return tr("%1: object %2")
            .arg(object->cache.empty() ? orderText(object->order) : text(object->cache), hex(object->object));
    if (!r) return tr("An allocation");
    const QString what = QStringLiteral("%1, %2").arg(orderText(r->order), text(name_of(r->type)));
    if (!answer) return what;
    if (answer->pfn == no_pfn) return tr("%1: no block could be found").arg(what);
    return tr("%1: %2").arg(what, pfnText({answer->pfn, answer->pfn + (NrPages{1} << r->order)}));
}

QString whyPage(const Explanation& explanation, const Theme& theme, int width) {
    return Page(explanation, theme, width).html();
}

Table whyTable(const Explanation& explanation) {
    Table table{{tr("event"), tr("function"), tr("what it says")}, {}};
    for (const WhyStep& step : explanation.steps)
        table.rows.push_back({QString::number(step.event + 1), text(kernel_function_of(step.fact)),
                              QString(2 * static_cast<int>(depth_of(step.fact)), ' ') + text(text_of(step.fact))});
    for (const std::string& line : explanation.log)
        table.rows.push_back({QString(), QString(), text(line)});
    return table;
}

}  // namespace mm::gui
