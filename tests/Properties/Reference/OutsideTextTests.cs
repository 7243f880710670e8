using System.Diagnostics;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Reference;

/// <summary>Names and messages that were made to do harm do none.</summary>
public class OutsideTextTests
{
    private const string Hostile = "\u001b[31mred\u001b[0m\r\nverdict: CLEAN\u202Etxt.exe\u0007\u009b2J\u2028\ud800";

    [Theory]
    [InlineData("plain, with \"quotes\" and <tags>", "plain, with \"quotes\" and <tags>")]
    [InlineData("süß 你好 \ud83d\ude00", "süß 你好 \ud83d\ude00")]
    [InlineData("a\nb\r\tc", @"a\nb\r\tc")]
    [InlineData("\u001b[2J\u007f\u0085", @"\u001b[2J\u007f\u0085")]
    [InlineData("\u202Eevil\u2069\u200f\ufeff", @"\u202eevil\u2069\u200f\ufeff")]
    [InlineData("\U000E0041tag", @"\udb40\udc41tag")]
    public void OneLine_EscapesWhatIsNotSeen(string text, string line)
    {
        Assert.Equal(line, OutsideText.OneLine(text));
        Assert.Equal(line, OutsideText.OneLine(line));
    }

    // Attributes cannot hold it.
    [Fact]
    public void OneLine_HalfOfAPair_IsEscaped() =>
        Assert.Equal(@"half \ud800 of a pair \udc00", OutsideText.OneLine($"half {(char)0xD800} of a pair {(char)0xDC00}"));

    [Fact]
    public void OneLine_LongText_IsCutAndCounted() =>
        Assert.Equal("xxxxx... (999995 more characters)", OutsideText.OneLine(new string('x', 1_000_000), 5));

    [Fact]
    public void Markdown_StaysText()
    {
        Assert.Equal(
            @"\<img src=x\> \[a\](javascript:x) \| \`code\` \*\* \# \&lt; \\\| \~\~",
            OutsideText.Markdown(@"<img src=x> [a](javascript:x) | `code` ** # &lt; \| ~~"));
        Assert.DoesNotContain('\n', OutsideText.Markdown(Hostile));
        Assert.Equal(1, OutsideText.MarkdownCode(Hostile).Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("plain-1.2/path:x")]
    [InlineData("")]
    [InlineData("a b'; touch /tmp/owned; echo '")]
    [InlineData("$(id) `id` ${HOME} \\ \" ! * ~ #")]
    [InlineData("line\nline")]
    [InlineData("-n")]
    public void Shell_IsOneWordWithTheSameText(string text)
    {
        if (!OperatingSystem.IsLinux()) return;
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", $"printf '<%s>' {OutsideText.Shell(text)}"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal($"<{text}>", bash.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void Errors_AreOneBoundedLine()
    {
        foreach (Exception e in (Exception[])[
            new InputException(Hostile, Hostile, "mend it"), new EnvironmentException(Hostile, Hostile, "mend it"),
            new InputException("file", new string('x', 1 << 24), "mend it")])
        {
            Assert.DoesNotContain(e.Message, char.IsControl);
            Assert.DoesNotContain('\u202E', e.Message);
            Assert.InRange(e.Message.Length, 10, 6000);
            Assert.EndsWith("; mend it", e.Message, StringComparison.Ordinal);
        }
    }
}
