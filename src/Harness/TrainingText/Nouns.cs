namespace Gdn.Harness.TrainingText;

/// <summary>The things of the corpus, shared by sentences and stores.</summary>
internal static class Nouns
{
    public static readonly string[] All =
        ["lamp", "rope", "coin", "bell", "boat", "knife", "map", "stone", "drum", "glass", "book", "ring"];
}
