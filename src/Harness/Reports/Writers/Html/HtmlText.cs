using System.Globalization;
using System.Net;
using System.Text;
using Gdn.Reference;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>HTML as it is put together: every value that is filled in is text, whatever it contains.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup of our own.</summary>
    public HtmlText Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>Adds markup in which every value that is filled in is text.</summary>
    public HtmlText Add(FormattableString markup)
    {
        _text.AppendFormat(Escaping.Provider, markup.Format, markup.GetArguments());
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private sealed class Escaping : IFormatProvider, ICustomFormatter
    {
        public static Escaping Provider { get; } = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => WebUtility.HtmlEncode(
            OutsideText.OneLine(
                format is not null && arg is IFormattable value ? value.ToString(format, CultureInfo.InvariantCulture) : Cell.TextOf(arg)));
    }
}
