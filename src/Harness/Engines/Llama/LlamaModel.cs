using System.Runtime.InteropServices;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Llama;

/// <summary>A model file that the library has loaded; it stays loaded.</summary>
internal sealed unsafe class LlamaModel
{
    private const string Remedy = "use a model and options that this build of the library takes";
    private readonly LlamaOptions _options;

    /// <summary>Loads a file.</summary>
    /// <exception cref="InputException">The library refuses it.</exception>
    public LlamaModel(LlamaLibrary library, LlamaOptions options, string path)
    {
        (Library, _options, Path) = (library, options, path);
        LlamaFields fields = library.ModelParameters();
        if (options.GpuLayers is { } layers) fields.Set(library.ModelLayout.GpuLayers, layers);
        LlamaLog.Begin();
        nint text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            Handle = library.Api.LoadModel((byte*)text, fields.Parameters);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }

        if (Handle == 0) throw Refused("the library does not load it");
        Vocabulary = library.Api.TokenCount(library.Api.VocabularyOf(Handle));
    }

    /// <summary>The library.</summary>
    public LlamaLibrary Library { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary><c>llama_model *</c></summary>
    public nint Handle { get; }

    /// <summary>Length of a row of logits.</summary>
    public int Vocabulary { get; }

    /// <summary>Makes a context.</summary>
    /// <param name="sizes">What for.</param>
    /// <returns><c>llama_context *</c></returns>
    /// <exception cref="InputException">The library refuses the options, or is not what its defaults look like.</exception>
    public nint CreateContext(LlamaContextSizes sizes)
    {
        ContextLayout layout = Library.ContextLayout;
        LlamaFields fields = Library.ContextParameters();
        fields.Set(layout.Positions, checked(sizes.Slots * sizes.Positions));
        fields.Set(layout.Batch, sizes.BatchTokens);
        fields.Set(layout.Ubatch, _options.Ubatch);
        fields.Set(layout.Sequences, sizes.Slots);
        fields.Set(layout.Snapshots, sizes.Planes - 1);
        fields.Set(layout.Threads, _options.Threads);
        fields.Set(layout.Threads + sizeof(int), _options.Threads);
        fields.Set(layout.KeyType, (int)_options.Cache);
        fields.Set(layout.ValueType, (int)_options.Cache);
        fields.Set(layout.Unified, _options.Unified);
        fields.Set(layout.FullWindow, _options.FullWindow);
        if (_options.FlashAttention is { } flash)
        {
            if (layout.FlashAttentionIsFlag) fields.Set(layout.FlashAttention, flash);
            else fields.Set(layout.FlashAttention, flash ? 1 : 0);
        }

        LlamaLog.Begin();
        nint context = Library.Api.CreateContext(Handle, fields.Parameters);
        if (context == 0) throw Refused(FormattableString.Invariant($"the library makes no context for {sizes.Slots} sequences"));
        CheckTaken(context, sizes);
        return context;
    }

    // A field set in the wrong place would show here.
    private void CheckTaken(nint context, LlamaContextSizes sizes)
    {
        int ubatch = Math.Min(_options.Ubatch, Math.Min(sizes.BatchTokens, checked(sizes.Slots * sizes.Positions)));
        (string Name, long Asked, long Taken)[] fields =
        [
            ("n_ubatch", ubatch, Library.Api.Ubatch(context)),
            // ik's llama_n_seq_max tells the size of the cache.
            .. Library.Dialect == LlamaDialect.Ik
                ? ((string, long, long)[])[]
                : [("n_seq_max", sizes.Slots, Library.Api.Sequences(context))],
        ];
        if (fields.FirstOrDefault(field => field.Asked != field.Taken) is not { Name: { } name } wrong) return;
        Library.Api.FreeContext(context);
        throw Library.Misread(FormattableString.Invariant($"{name} was set to {wrong.Asked}, and it has {wrong.Taken}"));
    }

    private InputException Refused(string what) =>
        new(Path, LlamaLog.Reason() is { } reason ? $"{what}: '{reason}'" : what, Remedy);
}

/// <summary>What a context is made for.</summary>
/// <param name="Slots">n_seq_max</param>
/// <param name="Planes">States kept per sequence: n_rs_seq + 1.</param>
/// <param name="BatchTokens">n_batch</param>
/// <param name="Positions">Positions per sequence.</param>
internal readonly record struct LlamaContextSizes(int Slots, int Planes, int BatchTokens, int Positions);
