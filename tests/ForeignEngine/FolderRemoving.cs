using System.Globalization;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.ForeignEngine;

/// <summary>Puts a file in the place of the folder GDN_TEST_FOLDER, and adds GDN_TEST_DEVIATION to the first logit.</summary>
public sealed class FolderRemoving(EngineOptions options) : PlainEngine(options)
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("GDN_TEST_FOLDER") ?? "";

    private static readonly float Deviation = float.Parse(
        Environment.GetEnvironmentVariable("GDN_TEST_DEVIATION") ?? "0", CultureInfo.InvariantCulture);

    private static readonly Lock Gate = new();

    public override void Decode(TokenBatch batch, Span<float> logits)
    {
        base.Decode(batch, logits);
        if (logits.Length > 0) logits[0] += Deviation;
        lock (Gate)
        {
            if (!Directory.Exists(Folder)) return;
            Directory.Delete(Folder, recursive: true);
            File.WriteAllText(Folder, "");
        }
    }
}
