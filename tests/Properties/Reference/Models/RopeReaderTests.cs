using Gdn.Optimized.Cpu.Kernels;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>Rope scaling as files ask for it, in the reference and in the optimized engine.</summary>
public class RopeReaderTests
{
    private const int Dimensions = 8, Position = 397;
    private const uint ContextLength = 512;
    private const double Base = 1e4;

    // The keys of a case, and what pair i turns by per position and is multiplied by, from the definition.
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["no keys"] = new([], Plain, 1),
        ["none"] = new([("type", "none"), ("factor", 8f)], Plain, 1),
        ["linear"] = new([("type", "linear"), ("factor", 4f)], pair => Plain(pair) / 4, 1),
        ["factor without a type"] = new([("factor", 4f)], pair => Plain(pair) / 4, 1),
        ["factor of 0"] = new([("type", "linear"), ("factor", 0f)], Plain, 1),
        ["yarn"] = new([("type", "yarn"), ("factor", 4f), ("original_context_length", 2048u)], Yarn(4, 2048), Sharpening(4)),
        ["yarn of the whole context"] = new([("type", "yarn"), ("factor", 4f)], Yarn(4, ContextLength), Sharpening(4)),
        ["yarn, not of a power of two"] =
            new([("type", "yarn"), ("factor", 2.5f), ("original_context_length", 1000u)], Yarn(2.5, 1000), Sharpening(2.5)),
        ["yarn that shortens"] = new([("type", "yarn"), ("factor", 0.5f)], Yarn(0.5, ContextLength), 1),
        ["a factor of its own"] =
            new([("type", "yarn"), ("factor", 4f), ("attn_factor", 1.5f)], Yarn(4, ContextLength), 1.5 * Sharpening(4)),
        ["a factor of linear scaling"] = new([("factor", 2f), ("attn_factor", 1.5f)], pair => Plain(pair) / 2, 1.5),
        ["what llama.cpp does not read"] = new(
            [
                ("type", "yarn"), ("factor", 4f), ("yarn_beta_fast", 8f), ("yarn_beta_slow", 2f), ("yarn_ext_factor", 0.5f),
                ("yarn_attn_factor", 2f), ("yarn_log_multiplier", 0.1f), ("finetuned", true),
            ],
            Yarn(4, ContextLength), Sharpening(4)),
    };

    public static TheoryData<string, bool> Names
    {
        get
        {
            var names = new TheoryData<string, bool>();
            foreach (string name in Cases.Keys)
                foreach (bool sections in (bool[])[false, true]) names.Add(name, sections);
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_Scaling_TurnsPairsAsDefined(string name, bool hasSections)
    {
        ((string, object)[] keys, Func<int, double> frequency, double magnitude) = Cases[name];
        // Of four pairs the last is nobody's, and does not turn; it is multiplied all the same.
        Rope rope = Read(hasSections, keys);
        double[] head = new Random(1).Array(Dimensions + 2);
        var expected = (double[])head.Clone();
        for (int i = 0; i < Dimensions / 2; i++)
        {
            double angle = hasSections && i == 3 ? 0 : Position * frequency(i);
            (double x, double y) = (head[i], head[i + Dimensions / 2]);
            expected[i] = magnitude * (x * Math.Cos(angle) - y * Math.Sin(angle));
            expected[i + Dimensions / 2] = magnitude * (x * Math.Sin(angle) + y * Math.Cos(angle));
        }

        var actual = (double[])head.Clone();
        rope.Apply<double>(actual, Position);
        Expect.Near("reference", [head.Length], expected, actual, 1e-4 / Position);

        var table = new RotaryTable(rope);
        table.Reserve(1);
        table.Set(0, Position);
        float[] optimized = Array.ConvertAll(head, x => (float)x);
        table.Apply(optimized, 0);
        for (int i = 0; i < head.Length; i++) Assert.Equal(actual[i], optimized[i], 2e-6);
    }

    // Where the ramp lies depends on the context of the training, and magnitude on its factor: no default may stand for them.
    [Fact]
    public void Read_EveryKey_ChangesWhatIsTurned()
    {
        (string, object)[] yarn = [("type", "yarn"), ("factor", 4f)];
        RopeScaling? plain = Read(hasSections: false, yarn).Scaling;
        foreach ((string, object) key in new (string, object)[] { ("original_context_length", 16384u), ("attn_factor", 1.1f) })
            Assert.NotEqual(plain, Read(hasSections: false, [.. yarn, key]).Scaling);
    }

    public static TheoryData<string, object, string> Refused => new()
    {
        { "type", "longrope", "rope scaling 'longrope' is not supported" },
        { "type", "dynamic", "rope scaling 'dynamic' is not supported" },
        { "alpha", 8f, "this kind of rope scaling is not supported" },
        { "factor", -1f, "-1 is not valid" },
        { "factor", float.NaN, "NaN is not valid" },
        { "factor", "4", "is Text, not a float" },
        { "attn_factor", float.PositiveInfinity, "is not valid" },
        { "original_context_length", -5, "-5 is not valid" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_WhatCannotBeComputed_IsNamed(string key, object value, string problem)
    {
        (string, object)[] keys = key == "type" ? [(key, value)] : [("type", "yarn"), ("factor", 4f)];
        keys = [.. keys.Where(pair => pair.Item1 != key), (key, value)];
        string message = Assert.Throws<InputException>(() => Read(hasSections: true, keys)).Message;
        Assert.Contains($"qwen35.rope.scaling.{key}", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    private static Rope Read(bool hasSections, params (string Key, object Value)[] keys)
    {
        FileContents contents = FileContents.Of(hasSections ? Architecture.Qwen35 : Architecture.Qwen3Next);
        string name = hasSections ? "qwen35" : "qwen3next";
        contents.Metadata[$"{name}.context_length"] = ContextLength;
        contents.Metadata[$"{name}.rope.freq_base"] = (float)Base;
        if (hasSections) contents.Metadata[$"{name}.rope.dimension_sections"] = (int[])[1, 1, 1, 1];
        foreach ((string key, object value) in keys) contents.Metadata[$"{name}.rope.scaling.{key}"] = new GgufValue(value);
        using GgufFile file = contents.Open();
        Rope rope = ModelLoader.ReadConfig(file).Attention.Rope;
        Assert.Equal(Dimensions, rope.Dimensions);
        return rope;
    }

    private static double Plain(int pair) => Math.Pow(Base, -2.0 * pair / Dimensions);

    // Peng and others, YaRN (arXiv 2309.00071), section 3.2: a wavelength that fits beta_fast times into the context keeps its
    // frequency, one that fits less than beta_slow times is interpolated, with a ramp along whole pairs between.
    private static Func<int, double> Yarn(double factor, uint context, double fast = 32, double slow = 1)
    {
        // Where context * Base^(-2 i / Dimensions) is that many turns.
        double PairThatTurns(double times) => Dimensions / 2.0 * Math.Log(context / (2 * Math.PI * times), Base);
        double low = Math.Max(0, Math.Floor(PairThatTurns(fast)));
        double high = Math.Min(Dimensions - 1, Math.Ceiling(PairThatTurns(slow)));
        return pair =>
        {
            double interpolated = pair <= low ? 0 : pair >= high ? 1 : (pair - low) / (high - low);
            return Plain(pair) * (1 - interpolated) + Plain(pair) / factor * interpolated;
        };
    }

    private static double Sharpening(double factor) => 0.1 * Math.Log(factor) + 1;

    private sealed record Case((string Key, object Value)[] Keys, Func<int, double> Frequency, double Magnitude);
}
