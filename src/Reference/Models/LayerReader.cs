using Gdn.Reference.Gguf;

namespace Gdn.Reference.Models;

/// <summary>Reads what metadata say layer by layer: which are linear, and counts that may be given for each.</summary>
/// <param name="file">The file.</param>
/// <param name="name">The architecture, with which keys begin.</param>
/// <param name="layers">Layers of the trunk; what is said of draft layers after it does not matter.</param>
internal sealed class LayerReader(GgufFile file, string name, int layers)
{
    /// <summary>Key-value heads; where there is one count for each layer, 0 names a linear one.</summary>
    public const string KeyValueHeadsKey = "attention.head_count_kv";

    private const string FlagsKey = "attention.recurrent_layers", IntervalKey = "full_attention_interval";
    private const int DefaultInterval = 4, MaxHeads = 1 << 24;

    /// <summary>For each layer of a hybrid, whether it is linear: by flags, by key-value heads, or all but every n-th.</summary>
    /// <exception cref="InputException">A value is absurd, or two contradict each other.</exception>
    public bool[] Recurrent()
    {
        if (Has(FlagsKey)) return Named(FlagsKey, file.Metadata.GetBools(Full(FlagsKey)));
        bool[] linear =
            IsPerLayer(KeyValueHeadsKey) ? [.. Counts(KeyValueHeadsKey).Select(count => count == 0)] : [];
        if (!linear.Contains(true)) return ByInterval();
        return !Has(IntervalKey) || ByInterval().AsSpan().SequenceEqual(linear)
            ? linear
            : throw Error(
                KeyValueHeadsKey, $"its zeros do not name the linear layers that {Full(IntervalKey)} names",
                "remove the wrong one");
    }

    /// <summary>A count of heads, given once or for each layer.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="recurrent">Which layers are linear; they have no such heads, whatever is said of them.</param>
    /// <param name="fallback">The count where the key is missing; null if it must be there.</param>
    /// <exception cref="InputException">It is missing or absurd, or differs between layers.</exception>
    public int Heads(string key, bool[] recurrent, int? fallback)
    {
        if (!IsPerLayer(key))
        {
            int count = fallback is { } f ? file.Metadata.GetInt(Full(key), f) : file.Metadata.GetInt(Full(key));
            return Valid(key, count);
        }

        int[] counts = [.. Counts(key).Where((_, layer) => !recurrent[layer]).Distinct()];
        // A model without full attention has no heads; any count will do.
        if (counts.Length == 0) return 1;
        return counts.Length == 1
            ? Valid(key, counts[0])
            : throw Error(
                key, $"[{string.Join(", ", Counts(key))}] differs between full-attention layers",
                "use a model where all have as many");
    }

    private bool[] ByInterval()
    {
        int interval = file.Metadata.GetInt(Full(IntervalKey), DefaultInterval);
        if (interval < 1) throw Error(IntervalKey, $"{interval} is not valid", "it must be at least 1");
        return [.. Enumerable.Range(0, layers).Select(i => (i + 1) % interval != 0)];
    }

    private bool IsPerLayer(string key) => Has(key) && file.Metadata[Full(key)].IsArray;

    private int[] Counts(string key) => Named(key, file.Metadata.GetInts(Full(key)));

    private T[] Named<T>(string key, T[] values) => values.Length >= layers
        ? values[..layers]
        : throw Error(key, $"it names {values.Length} layers of {layers}", "name all");

    private int Valid(string key, int count) => count is >= 1 and <= MaxHeads
        ? count
        : throw Error(key, $"{count} is not valid", $"it must lie in 1 to {MaxHeads}");

    private bool Has(string key) => file.Metadata.ContainsKey(Full(key));

    private string Full(string key) => $"{name}.{key}";

    private InputException Error(string key, string problem, string remedy) =>
        new($"{file.Name}: {Full(key)}", problem, remedy);
}
