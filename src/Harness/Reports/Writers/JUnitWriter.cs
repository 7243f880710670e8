using System.Globalization;
using System.Xml;
using Gdn.Harness.Findings;
using Gdn.Reference;

namespace Gdn.Harness.Reports.Writers;

/// <summary>
/// The report as JUnit XML, as far as the readers of CI systems agree on it: a suite for each part, a case for each row with a
/// verdict and one for the part as a whole. Names hold neither seeds nor results, so that two runs can be compared case by case.
/// What is inconclusive is skipped: neither passed nor failed.
/// </summary>
public sealed class JUnitWriter : IReportWriter
{
    private const string WholePart = "verdict", VerdictKey = "verdict", ScenarioKey = "scenario";

    private sealed record Case(string Name, Verdict Verdict, string Basis, IReadOnlyList<Finding> Findings, double Seconds = 0);

    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        // Without a declaration it is UTF-8, which a writer into memory would not say.
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuites");
            var names = new UniqueNames();
            int id = 0;
            foreach (Part part in report.Parts) WriteSuite(xml, report, id++, names.Of(part.Name), part, [.. CasesOf(part)]);
            foreach (LeftOut leftOut in report.LeftOut)
            {
                var part = new Part(leftOut.Part, Verdict.Inconclusive, $"left out: {leftOut.Reason}");
                WriteSuite(xml, report, id++, names.Of(part.Name), part, [.. CasesOf(part)]);
            }

            xml.WriteEndElement();
        }

        output.WriteLine();
    }

    private static IEnumerable<Case> CasesOf(Part part)
    {
        yield return new Case(WholePart, part.Verdict, part.Basis, [.. part.Findings.Where(f => !f.IsKnown)], part.Duration.TotalSeconds);
        var names = new UniqueNames(WholePart);
        foreach (Table table in part.Tables)
        {
            int at = table.Columns.Select(column => column.Key).TakeWhile(key => key != VerdictKey).Count();
            if (at == table.Columns.Count) continue;
            foreach (IReadOnlyList<Cell> row in table.Rows)
            {
                if (row[at].Value is not Verdict verdict) continue;
                string name = string.Join(", ", table.Columns.Take(at).Select((column, i) => $"{column.Key}={row[i].Text}"));
                yield return new Case(
                    names.Of(name.Length > 0 ? name : table.Name), verdict, $"{part.Basis} (see '{WholePart}')", [.. FirstOf(part, table, row)]);
            }
        }
    }

    // All of them stand with the part; a row has the first that may be its own.
    private static IEnumerable<Finding> FirstOf(Part part, Table table, IReadOnlyList<Cell> row)
    {
        string? scenario = table.Columns.Zip(row).FirstOrDefault(pair => pair.First.Key == ScenarioKey).Second.Text;
        return part.Findings.Where(f => !f.IsKnown && (scenario is null || f.Scenario is null || f.Scenario == scenario)).Take(1);
    }

    private static void WriteSuite(XmlWriter xml, Report report, int id, string name, Part part, Case[] cases)
    {
        xml.WriteStartElement("testsuite");
        Attribute("id", id);
        Attribute("package", "gdn-harness");
        Attribute("name", name);
        Attribute("timestamp", report.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Attribute("hostname", "localhost");
        Attribute("tests", cases.Length);
        Attribute("failures", cases.Count(@case => @case.Verdict == Verdict.Dirty));
        Attribute("errors", 0);
        Attribute("skipped", cases.Count(@case => @case.Verdict == Verdict.Inconclusive));
        Attribute("time", Seconds(part.Duration.TotalSeconds));
        xml.WriteStartElement("properties");
        Property("command", report.Command);
        Property("seed", Cell.TextOf(report.Seed));
        xml.WriteEndElement();
        foreach (Case @case in cases) WriteCase(xml, name, @case);
        IEnumerable<string> said = part.Content.OfType<Note>().Select(note => note.Text)
            .Concat(part.Findings.Where(finding => finding.IsKnown).SelectMany(FindingText.Whole));
        xml.WriteElementString("system-out", Lines(part.Head.Concat(said)));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();

        void Attribute(string key, object value) => xml.WriteAttributeString(key, Clean(Cell.TextOf(value)));
        void Property(string key, string value)
        {
            xml.WriteStartElement("property");
            Attribute("name", key);
            Attribute("value", value);
            xml.WriteEndElement();
        }
    }

    private static void WriteCase(XmlWriter xml, string suite, Case @case)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(@case.Name));
        xml.WriteAttributeString("classname", Clean(suite));
        xml.WriteAttributeString("time", Seconds(@case.Seconds));
        if (@case.Verdict == Verdict.Inconclusive)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Clean(@case.Basis));
            xml.WriteEndElement();
        }
        else if (@case.Verdict == Verdict.Dirty)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Clean(@case.Findings.Count > 0 ? @case.Findings[0].Summary : @case.Basis));
            xml.WriteAttributeString("type", Clean(@case.Findings.Count > 0 ? @case.Findings[0].Check : "regression"));
            xml.WriteString(Lines(@case.Findings.SelectMany(FindingText.Whole)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => Clean(line) + "\n"));

    // XML has no way at all to write some characters.
    private static string Clean(string text) =>
        string.Concat(OutsideText.OneLine(text).Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '?'));

    private static string Seconds(double seconds) => seconds.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>Tells names apart that come twice.</summary>
    private sealed class UniqueNames(params IEnumerable<string> taken)
    {
        private readonly HashSet<string> _taken = [.. taken];

        public string Of(string name)
        {
            string unique = name;
            for (int n = 2; !_taken.Add(unique); n++) unique = string.Create(CultureInfo.InvariantCulture, $"{name} ({n})");
            return unique;
        }
    }
}
